import type { Context } from '../context.ts'
import type { GrantRecord } from '../records.ts'
import { groups, records } from '../records.ts'
import { refreshToken } from '../tokens/refresh-token.ts'

/**
 * Begins the chain of refresh tokens of a grant.
 *
 * @param dpopKey of a public client that used DPoP: every refresh must prove it
 */
export async function firstRefreshToken(
  context: Context,
  grant: GrantRecord,
  dpopKey: string | undefined,
): Promise<string> {
  const key = await context.refreshTokenKey()
  const chainId = context.randomToken()
  const createdAt = context.now()
  await records(context.storage, 'refresh-token').set(
    chainId,
    {
      grantId: grant.id,
      clientId: grant.clientId,
      resource: grant.resource,
      scope: grant.scope,
      createdAt,
      generation: 0,
      grantExpiresAt: grant.expiresAt,
      ...(dpopKey !== undefined && { dpopKey }),
    },
    {
      group: groups.grantTokens(grant.id),
      expiresAt: Math.min(createdAt + context.settings.refreshToken.idleTtlSeconds, grant.expiresAt),
      when: 'absent',
    },
  )
  return refreshToken(key, { chainId, generation: 0 })
}
