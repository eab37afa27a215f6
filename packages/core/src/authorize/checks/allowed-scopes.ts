import { OAuthError } from '../../oauth-error.ts'
import type { AuthorizationRequest } from '../../records.ts'
import type { Arrival } from '../check.ts'
import { requestedResource } from './known-resource.ts'

/** Scopes of OpenID Connect Core §5.4 and §11: they ask for nothing that an MCP endpoint has. */
const openIdScopes: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
])

/**
 * SCOPE-03, SCOPE-04: what is not known here is ignored and what is left is granted. A request for nothing of ours means
 * the default; only one for nothing but foreign scopes is refused. The scope a client registered is no limit (DCR-07).
 */
export function allowedScopes(arrival: Arrival): Pick<AuthorizationRequest, 'scopes' | 'offlineAccess'> {
  const resource = requestedResource(arrival)
  const requested = new Set((arrival.parameters.get('scope') ?? '').split(' ').filter(Boolean))
  const offlineAccess = requested.has('offline_access')
  const known = [...resource.scopes.keys()].filter((scope) => requested.has(scope))
  if (known.length > 0) return { scopes: known, offlineAccess }
  if ([...requested].some((scope) => !openIdScopes.has(scope))) {
    throw new OAuthError('invalid_scope', 'scope names no scope of this MCP endpoint.')
  }
  return { scopes: [...resource.defaultScopes], offlineAccess }
}
