import { emptyAnswer } from '../api/api-answer.ts'
import type { ApiEndpoint } from '../api/api-endpoint.ts'
import { readForm } from '../api/read-body.ts'
import { authenticateClient } from '../clients/authenticate-client.ts'
import type { Context } from '../context.ts'
import { revokeGrant } from '../grants/revoke-grant.ts'
import { OAuthError } from '../oauth-error.ts'
import { records } from '../records.ts'
import { readRefreshToken } from '../tokens/refresh-token.ts'

/**
 * `POST /revoke` (RFC 7009). Either kind of token ends the whole grant: what was issued from it goes together (AS-80). A
 * token nobody knows is 200, as it is revoked enough; another client's is refused.
 */
export const revoke: ApiEndpoint = async (request, context) => {
  const form = await readForm(request)
  const client = await authenticateClient(context, request, form)
  const token = form.get('token')
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing.')

  const found = await findToken(context, token)
  if (found) {
    if (found.clientId !== client.clientId) {
      throw new OAuthError('invalid_grant', 'The token was issued to another client.')
    }
    await revokeGrant(context, found.grantId, 'client')
  }
  return emptyAnswer(200)
}

/** `token_type_hint` would only say where to look first: the kinds are told apart by their form. */
async function findToken(
  context: Context,
  token: string,
): Promise<{ clientId: string; grantId: string } | undefined> {
  const parts = readRefreshToken(await context.refreshTokenKey(), token)
  if (parts) return (await records(context.storage, 'refresh-token').get(parts.chainId))?.value
  return context.accessTokens.inspect(token)
}
