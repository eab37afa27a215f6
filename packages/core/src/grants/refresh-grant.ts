import type { Context } from '../context.ts'
import type { FormParameters } from '../form-parameters.ts'
import { recheckUser } from '../login/recheck-user.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord, Found, RefreshTokenRecord } from '../records.ts'
import { groups, records } from '../records.ts'
import type { Resource } from '../settings.ts'
import type { RefreshTokenParts } from '../tokens/refresh-token.ts'
import { readRefreshToken, refreshToken } from '../tokens/refresh-token.ts'
import { requireKey, requireKeyFor } from '../tokens/require-key.ts'
import { livingGrant } from './living-grant.ts'
import { mayEnter } from './may-enter.ts'
import { requireGrantedResource } from './requested-resource.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { TokenAnswer } from './token-answer.ts'

/**
 * The `refresh_token` grant (RFC 6749 §6) with rotation (AS-64 to AS-69). A token that was just rotated yields its one
 * successor again, as long as that one is unused; anything older is reuse and ends the grant.
 */
export async function refreshGrant(
  context: Context,
  client: ClientRecord,
  form: FormParameters,
  dpopKey?: string,
): Promise<TokenAnswer> {
  const presented = form.get('refresh_token')
  if (presented === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing.')
  const key = await context.refreshTokenKey()
  const parts = readRefreshToken(key, presented)
  const chain = parts && (await records(context.storage, 'refresh-token').get(parts.chainId))
  if (!parts || !chain) throw invalidGrant('The refresh token is unknown or has expired.')

  if (chain.value.clientId !== client.clientId)
    throw invalidGrant('The refresh token belongs to another client.')
  requireKey(chain.value.dpopKey, dpopKey)
  const resource = requireGrantedResource(context, form, chain.value.resource)
  requireKeyFor(resource, dpopKey)
  const scope = narrowedScope(form.get('scope'), chain.value.scope, resource)
  const grant = await livingGrant(context.storage, chain.value.grantId, chain.value.clientId)
  if (!grant) {
    await context.storage.deleteGroup(groups.grantTokens(chain.value.grantId))
    throw invalidGrant('The grant was revoked.')
  }
  if (!mayEnter(context.settings, grant.value)) {
    throw invalidGrant('The resource is closed to the provider of the user: sign in with another one.')
  }

  if (context.settings.recheckUsersSeconds > 0) await recheckUser(context, grant.value)
  const { access, keep } = await context.accessTokens.prepare(grant.value, scope, dpopKey)
  // Together, for one round trip: until it is answered nobody knows the token, and it ends with the grant.
  const [outcome] = await Promise.all([rotate(context, parts, chain), keep()])
  const detail = {
    grantId: grant.value.id,
    grantType: 'refresh_token',
    scope,
    replayed: outcome === 'replayed',
  }
  const { subject, traceId } = grant.value
  const event = { traceId, subject, clientId: client.clientId, resource: resource.url, detail }
  if (outcome === 'reused') {
    await revokeGrant(context, grant.value.id, 'refresh_reuse')
    context.emit({ name: 'refresh.reuse_detected', outcome: 'denied', ...event })
    throw invalidGrant('The refresh token was used before. The grant is revoked: sign in again.')
  }
  if (outcome === 'gone') throw invalidGrant('The grant was revoked.')
  context.emit({ name: 'token.refreshed', outcome: 'success', ...event })
  return {
    access,
    scope,
    refreshToken: refreshToken(key, { chainId: parts.chainId, generation: parts.generation + 1 }),
  }
}

/** `rotated` and `replayed` both mean: the successor is the next generation, now valid and not used yet. */
type RotationOutcome = 'rotated' | 'replayed' | 'reused' | 'gone'

async function rotate(
  context: Context,
  { chainId, generation }: RefreshTokenParts,
  chain: Found<RefreshTokenRecord>,
): Promise<RotationOutcome> {
  const { now, settings } = context
  const { value } = chain
  if (generation === value.generation) {
    const rotatedAt = now()
    const chains = records(context.storage, 'refresh-token')
    const rotated = await chains.replace(
      chain,
      { ...value, generation: generation + 1, rotatedAt },
      Math.min(rotatedAt + settings.refreshToken.idleTtlSeconds, value.grantExpiresAt),
    )
    if (rotated) return 'rotated'
    // Somebody was faster: with the same token, or with a revocation, which then stands.
    const current = await chains.get(chainId)
    return current ? rotate(context, { chainId, generation }, current) : 'gone'
  }
  const age = now() - (value.rotatedAt ?? 0)
  const isPrevious = generation === value.generation - 1
  if (isPrevious && age < settings.refreshToken.replayWindowSeconds) return 'replayed'
  // A generation that is still to come: the storage was restored from before it was issued.
  return generation > value.generation ? 'gone' : 'reused'
}

/**
 * AS-67: less than the grant allows, never more. Scopes this resource does not know (`openid`, `offline_access`, those of
 * other servers) are ignored, as at the authorization endpoint (SCOPE-04).
 */
function narrowedScope(requested: string | undefined, granted: string, resource: Resource): string {
  if (requested === undefined) return granted
  const allowed = granted.split(' ')
  const known = [...new Set(requested.split(' '))].filter((scope) => resource.scopes.has(scope))
  if (known.length === 0 || known.some((scope) => !allowed.includes(scope))) {
    throw new OAuthError('invalid_scope', 'scope must be part of what the user allowed, or be left out.')
  }
  return known.join(' ')
}

function invalidGrant(message: string): OAuthError {
  return new OAuthError('invalid_grant', message)
}
