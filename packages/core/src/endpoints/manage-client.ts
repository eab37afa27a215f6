import { emptyAnswer, jsonAnswer } from '../api/api-answer.ts'
import type { ApiEndpoint } from '../api/api-endpoint.ts'
import { type ApiRequest, lastSegment } from '../api/api-request.ts'
import { readJson } from '../api/read-body.ts'
import { bearerToken } from '../clients/bearer-token.ts'
import { registeredClient, registrationAnswer } from '../clients/registered-client.ts'
import type { Context } from '../context.ts'
import { equalInConstantTime, sha256Text } from '../digest.ts'
import { cutOff } from '../grants/cutoffs.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord, Found } from '../records.ts'
import { records } from '../records.ts'

/** `GET /register/{id}` (RFC 7592 §2.1): what is registered. The secret is not among it: only its hash is kept. */
export const readClient: ApiEndpoint = async (request, context) => {
  const { found, managementToken } = await managedClient(context, request)
  return jsonAnswer(registrationAnswer(context, found.value, { managementToken }))
}

/**
 * `PUT /register/{id}` (RFC 7592 §2.2): replaces all metadata. A secret that the new method needs and the client does not have
 * yet is made; what users were asked about is asked again (CIMD-21).
 */
export const updateClient: ApiEndpoint = async (request, context) => {
  const { found, managementToken } = await managedClient(context, request)
  const input = await readJson(request)
  requireOwnMembers(found.value, input)
  const { client, secret } = await registeredClient(context, input, found.value)
  const replaced = await records(context.storage, 'client').replace(found, client)
  if (!replaced) {
    throw new OAuthError('temporarily_unavailable', 'The client was changed at the same moment. Try again.', {
      headers: { 'retry-after': '1' },
    })
  }
  context.emit({
    name: 'client.updated',
    outcome: 'success',
    clientId: client.clientId,
    detail: { name: client.name, authMethod: client.authMethod, redirectUris: client.redirectUris.join(' ') },
  })
  return jsonAnswer(registrationAnswer(context, client, { secret, managementToken }))
}

/** `DELETE /register/{id}` (RFC 7592 §2.3): the client ends, with all it was allowed. */
export const deleteClient: ApiEndpoint = async (request, context) => {
  const { found } = await managedClient(context, request)
  const { clientId } = found.value
  await cutOff(context, clientId, context.now())
  await records(context.storage, 'client').delete(clientId)
  context.accessTokens.forgetAll()
  context.emit({ name: 'client.deleted', outcome: 'success', clientId, reason: 'client' })
  return emptyAnswer(204)
}

/** RFC 7592 §2: a wrong token and a client that does not exist look the same. */
async function managedClient(
  context: Context,
  request: ApiRequest,
): Promise<{ found: Found<ClientRecord>; managementToken: string }> {
  const clientId = lastSegment(request.path)
  const managementToken = bearerToken(request)
  const found =
    managementToken !== undefined && /^[\w-]{1,128}$/.test(clientId)
      ? await records(context.storage, 'client').get(clientId)
      : undefined
  const hash = found?.value.managementHash ?? ''
  if (!found || managementToken === undefined || !equalInConstantTime(hash, sha256Text(managementToken))) {
    throw new OAuthError('invalid_token', 'The registration access token is not that of this client.', {
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    })
  }
  return { found, managementToken }
}

/** RFC 7592 §2.2: the client names itself, may repeat its secret, and chooses nothing of what the server assigns. */
function requireOwnMembers(client: ClientRecord, input: unknown): void {
  const members = new Map<string, unknown>(
    Object.entries(typeof input === 'object' && input !== null ? input : {}),
  )
  if (members.get('client_id') !== client.clientId) {
    throw new OAuthError('invalid_client_metadata', 'client_id must be there, and be that of this client.')
  }
  const assigned = [
    'registration_access_token',
    'registration_client_uri',
    'client_secret_expires_at',
    'client_id_issued_at',
  ].find((name) => members.has(name))
  if (assigned !== undefined) {
    throw new OAuthError('invalid_client_metadata', `${assigned} must not be sent back.`)
  }
  const secret = members.get('client_secret')
  if (secret === undefined) return
  if (typeof secret !== 'string' || !equalInConstantTime(client.secretHash ?? '', sha256Text(secret))) {
    throw new OAuthError('invalid_client_metadata', 'client_secret must be the present one, or be left out.')
  }
}
