import { jsonAnswer } from '../api/api-answer.ts'
import type { ApiEndpoint } from '../api/api-endpoint.ts'
import type { ApiRequest } from '../api/api-request.ts'
import { readJson } from '../api/read-body.ts'
import { bearerToken } from '../clients/bearer-token.ts'
import { registeredClient, registrationAnswer } from '../clients/registered-client.ts'
import type { Context } from '../context.ts'
import { equalInConstantTime, sha256Text } from '../digest.ts'
import { OAuthError } from '../oauth-error.ts'
import { randomId } from '../random-id.ts'
import { records } from '../records.ts'

/** `POST /register` (RFC 7591 §3). A client that is never used is forgotten early, one in use never (DCR-11, DCR-12). */
export const register: ApiEndpoint = async (request, context) => {
  const { registration } = context.settings
  if (!registration.dynamic) {
    throw new OAuthError(
      'registration_not_supported',
      'This server does not register clients: ask its operator for one.',
      {
        status: 404,
      },
    )
  }
  requireInitialAccessToken(context, request)
  const createdAt = context.now()
  const managementToken = registration.management ? context.randomToken() : undefined
  const { client, secret } = await registeredClient(context, await readJson(request), {
    // DCR-10: nothing in id or secret that form-encoding would change.
    clientId: randomId(context.randomToken),
    createdAt,
    ...(managementToken !== undefined && { managementHash: sha256Text(managementToken) }),
  })
  await records(context.storage, 'client').set(client.clientId, client, {
    expiresAt: createdAt + registration.unusedClientTtlSeconds,
    when: 'absent',
  })
  context.emit({
    name: 'client.registered',
    outcome: 'success',
    clientId: client.clientId,
    detail: { name: client.name, authMethod: client.authMethod, redirectUris: client.redirectUris.join(' ') },
  })
  return jsonAnswer(registrationAnswer(context, client, { secret, managementToken }), 201)
}

/** RFC 7591 §3: where the operator gave out initial access tokens, only their holders register clients. */
function requireInitialAccessToken({ settings }: Context, request: ApiRequest): void {
  const { initialAccessTokenHashes } = settings.registration
  if (initialAccessTokenHashes.length === 0) return
  const presented = sha256Text(bearerToken(request) ?? '')
  // All of them, whichever fits.
  const fitting = initialAccessTokenHashes.filter((hash) => equalInConstantTime(hash, presented))
  if (fitting.length > 0) return
  throw new OAuthError('invalid_token', 'Registration needs an initial access token from the operator.', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
