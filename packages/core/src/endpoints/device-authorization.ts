import { jsonAnswer } from '../api/api-answer.ts'
import type { ApiEndpoint } from '../api/api-endpoint.ts'
import { readFormText } from '../api/read-body.ts'
import { allowedScopes } from '../authorize/checks/allowed-scopes.ts'
import { requestedResource } from '../authorize/checks/known-resource.ts'
import { repeatableParameters } from '../authorize/repeatable-parameters.ts'
import { routeOfPath } from '../authorize/route-of-path.ts'
import { newTraceId } from '../browser/trace-id.ts'
import { authenticateClient } from '../clients/authenticate-client.ts'
import { displayUserCode } from '../device/user-code.ts'
import { beginDevice, deviceTtlSeconds, pollIntervalSeconds } from '../device/waiting-device.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { parseFormParameters } from '../form-parameters.ts'
import { deviceCodeGrant } from '../grants/grant-names.ts'
import { OAuthError } from '../oauth-error.ts'

/** `POST /device/authorization[/{route}]` (RFC 8628 §3.1): a client without a browser asks for a code for its user. */
export const authorizeDevice: ApiEndpoint = async (request, context) => {
  const { settings } = context
  const text = await readFormText(request)
  const client = await authenticateClient(context, request, parseFormParameters(text))
  if (!client.grantTypes.includes(deviceCodeGrant)) {
    throw new OAuthError(
      'unauthorized_client',
      `The client did not register the grant type ${deviceCodeGrant}.`,
    )
  }
  const route = routeOfPath(settings, request.path, '/device/authorization')
  if (route === 'unknown') {
    throw new OAuthError('invalid_target', 'The path names no resource.', { status: 404 })
  }
  const parameters = repeatableParameters(new URLSearchParams(text))
  const arrival = { context, parameters, route, pushed: true }
  const resource = requestedResource(arrival)
  const traceId = newTraceId(context)
  const { deviceCode, userCode } = await beginDevice(context, {
    client,
    resource: resource.url,
    issuer: route?.issuer ?? settings.publicUrl,
    ...allowedScopes(arrival),
    traceId,
  })
  context.emit({
    name: 'device.started',
    outcome: 'success',
    traceId,
    clientId: client.clientId,
    resource: resource.url,
  })
  const verificationUri = endpointUrl(settings, '/device')
  const shown = displayUserCode(userCode)
  return jsonAnswer({
    device_code: deviceCode,
    user_code: shown,
    verification_uri: verificationUri,
    verification_uri_complete: `${verificationUri}?${new URLSearchParams({ user_code: shown }).toString()}`,
    expires_in: deviceTtlSeconds,
    interval: pollIntervalSeconds,
  })
}
