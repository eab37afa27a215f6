import { jsonAnswer } from '../api/api-answer.ts'
import type { ApiEndpoint } from '../api/api-endpoint.ts'
import type { ApiRequest } from '../api/api-request.ts'
import { readForm } from '../api/read-body.ts'
import { authenticateClient } from '../clients/authenticate-client.ts'
import { basicChallenge } from '../clients/presented-credentials.ts'
import type { FormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'

/**
 * `POST /introspect` (RFC 7662), for resource servers that verify no JWTs themselves: configured clients, each for the
 * tokens of its own resources. Whatever is not a valid token for the caller is `{"active": false}` and no more (AS-81).
 */
export const introspect: ApiEndpoint = async (request, context) => {
  const form = await readForm(request)
  requireCredentials(request, form)
  const client = await authenticateClient(context, request, form)
  if (!client.introspects) {
    throw new OAuthError('unauthorized_client', 'This client may not introspect tokens.', { status: 403 })
  }
  const token = form.get('token')
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing.')

  const found = await context.accessTokens.inspect(token)
  if (!found || !client.introspects.includes(found.resource)) return jsonAnswer({ active: false })
  return jsonAnswer({
    active: true,
    token_type: found.dpopKey === undefined ? 'Bearer' : 'DPoP',
    iss: found.issuer,
    sub: found.subject,
    aud: found.resource,
    client_id: found.clientId,
    scope: found.scope,
    iat: found.issuedAt,
    exp: found.expiresAt,
    ...(found.dpopKey !== undefined && { cnf: { jkt: found.dpopKey } }),
  })
}

/** RFC 7662 §2.1: there are no public callers who would name themselves in the body. */
function requireCredentials(request: ApiRequest, form: FormParameters): void {
  const given = [request.header('authorization'), form.get('client_id'), form.get('client_assertion')]
  if (given.some((part) => part !== undefined)) return
  throw new OAuthError('invalid_client', 'Authenticate as a client that may introspect tokens.', {
    headers: basicChallenge,
  })
}
