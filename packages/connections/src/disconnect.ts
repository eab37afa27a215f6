import type { ConnectionContext } from './connection-context.ts'
import { connectionId, records } from './connection-records.ts'
import { revokeTokens } from './revoke-tokens.ts'
import { forgetSealed } from './sealed-records.ts'
import type { Upstream } from './upstream-options.ts'

/**
 * Forgets a connection, and revokes its tokens at the upstream's authorization server where that offers it (AS-83).
 *
 * @returns whether the upstream has confirmed the revocation; the connection is gone in any case
 */
export async function disconnect(
  context: ConnectionContext,
  upstream: Upstream,
  owner: string,
  requestId?: string,
): Promise<{ readonly existed: boolean; readonly revoked: boolean }> {
  // Taken first: from here on nobody can use it, whatever the upstream says.
  const id = connectionId(upstream.id, owner)
  const connection = await records(context.storage, 'connection').take(id)
  await Promise.all([
    records(context.storage, 'upstream-challenge').delete(id),
    records(context.storage, 'exchanged-token').delete(id),
    records(context.storage, 'connection-use').delete(id),
  ])
  if (!connection) return { existed: false, revoked: false }
  const keyId = context.sealer.keyIdOf(connection.tokens)
  await forgetSealed(context, { kind: 'connection', id }, keyId)
  const revoked = await revokeTokens(context, upstream, connection)
  context.emit({
    name: 'connection.disconnected',
    outcome: 'success',
    upstream: upstream.id,
    subject: owner,
    requestId,
    reason: revoked ? 'revoked' : 'deleted',
  })
  return { existed: true, revoked }
}
