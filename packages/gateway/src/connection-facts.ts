import type { ConnectionState } from '@portico/connections'
import type { AccountConnection } from '@portico/core'

/** What pages show of an upstream account, for its user and for operators alike. */
export function connectionFacts({
  upstream: id,
  displayName,
  summary,
  status,
  shared,
  scope,
  connectedAt,
  usedAt,
}: ConnectionState): Omit<AccountConnection, 'connectUrl'> {
  return { id, displayName, summary, status, shared, scope, connectedAt, usedAt }
}
