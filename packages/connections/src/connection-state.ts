import type { ConnectionContext } from './connection-context.ts'
import { connectionId, records, sharedOwner } from './connection-records.ts'
import { isForUpstream } from './same-upstream.ts'
import type { Upstream } from './upstream-options.ts'

/** How a user stands with one upstream: for consent and account pages. Holds no token. */
export interface ConnectionState {
  readonly upstream: string
  readonly displayName: string
  readonly summary?: string | undefined
  readonly authMode: Upstream['authMode']
  /** `automatic`: there is nothing to connect, the identity provider vouches for the user. */
  readonly status: 'connected' | 'not_connected' | 'reconsent_required' | 'automatic'
  /** The gateway's own account: only an administrator can change it. */
  readonly shared: boolean
  readonly reason?: string | undefined
  readonly scope?: string | undefined
  /** Unix seconds, like all times. */
  readonly connectedAt?: number | undefined
  readonly usedAt?: number | undefined
  readonly accessTokenExpiresAt?: number | undefined
}

export async function connectionState(
  { storage }: Pick<ConnectionContext, 'storage'>,
  upstream: Upstream,
  subject: string,
): Promise<ConnectionState> {
  const { id, displayName, summary, authMode } = upstream
  const shared = authMode === 'shared-oauth'
  const base = { upstream: id, displayName, summary, authMode, shared }
  if (authMode === 'id-jag' || authMode === 'token-exchange') return { ...base, status: 'automatic' }
  const key = connectionId(id, shared ? sharedOwner : subject)
  const [found, use] = await Promise.all([
    records(storage, 'connection').get(key),
    records(storage, 'connection-use').get(key),
  ])
  if (!found) return { ...base, status: 'not_connected' }
  const { status, reason, scope, connectedAt, accessTokenExpiresAt } = isForUpstream(found.value, upstream)
    ? found.value
    : { ...found.value, status: 'reconsent_required' as const, reason: 'upstream_moved' }
  return { ...base, status, reason, scope, connectedAt, usedAt: use?.value.usedAt, accessTokenExpiresAt }
}
