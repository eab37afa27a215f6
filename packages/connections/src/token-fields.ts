import type { TokenEndpointResponse } from 'oauth4webapi'

import type { ConnectionContext } from './connection-context.ts'
import type { ConnectionRecord, StoredTokens } from './connection-records.ts'

/** Associated data of the sealed tokens: a ciphertext moved to another user or upstream does not open (G02). */
export const tokenSeal = (upstream: string, owner: string): readonly string[] => [
  'connection',
  upstream,
  owner,
]

/** The members of a connection that a token answer determines. */
export async function tokenFields(
  { sealer, now }: Pick<ConnectionContext, 'sealer' | 'now'>,
  { upstream, owner, scope }: Pick<ConnectionRecord, 'upstream' | 'owner' | 'scope'>,
  answer: TokenEndpointResponse,
  previous: ConnectionRecord | undefined,
): Promise<Pick<ConnectionRecord, 'scope' | 'tokens' | 'accessTokenExpiresAt'>> {
  const seal = tokenSeal(upstream, owner)
  const kept = previous === undefined ? undefined : await openTokens({ sealer }, previous)
  const tokens: StoredTokens = {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? kept?.refreshToken,
  }
  return {
    scope: answer.scope ?? scope,
    tokens: await sealer.seal(JSON.stringify(tokens), seal),
    ...(answer.expires_in !== undefined && { accessTokenExpiresAt: now() + answer.expires_in }),
  }
}

export async function openTokens(
  { sealer }: Pick<ConnectionContext, 'sealer'>,
  { tokens, upstream, owner }: Pick<ConnectionRecord, 'tokens' | 'upstream' | 'owner'>,
): Promise<StoredTokens> {
  return JSON.parse(await sealer.open(tokens, tokenSeal(upstream, owner))) as StoredTokens
}
