import type { Connections } from '@portico/connections'
import type { AccountConnection, RequestFacts } from '@portico/core'

import { connectionFacts } from './connection-facts.ts'

/** The connections of one user to all upstreams, with links to connect and return to the account page. */
export async function accountConnections(
  connections: Connections | undefined,
  subject: string,
): Promise<readonly AccountConnection[]> {
  if (!connections) return []
  const states = await connections.states(subject)
  return states.map((state) => ({
    ...connectionFacts(state),
    connectUrl: `${connections.connectPath(state.upstream, subject)}&return_to=%2Faccount`,
  }))
}

/**
 * Ends the user's own account at an upstream, and revokes its tokens there (AS-83).
 *
 * @returns `false`, and nothing ends, where there is none: a shared account is nobody's own
 */
export async function disconnectOwn(
  connections: Connections | undefined,
  subject: string,
  upstreamId: string,
  facts?: RequestFacts,
): Promise<boolean> {
  const upstream = connections?.upstreams.get(upstreamId)
  if (!connections || !upstream || upstream.authMode === 'shared-oauth') return false
  const { existed } = await connections.disconnect(upstreamId, subject, facts?.requestId)
  return existed
}
