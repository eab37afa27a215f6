import { processRevocationResponse, revocationRequest } from 'oauth4webapi'

import { authenticateAs } from './authenticate-as.ts'
import type { ConnectionContext } from './connection-context.ts'
import { connectionId, type ConnectionRecord, records } from './connection-records.ts'
import { protocolFetch } from './protocol-fetch.ts'
import { forgetSealed } from './sealed-records.ts'
import { openTokens } from './token-fields.ts'
import { clientOfConnection } from './upstream-client.ts'
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
  const revoked = await revoke(context, upstream, connection).catch(() => false)
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

async function revoke(
  context: ConnectionContext,
  upstream: Upstream,
  connection: ConnectionRecord,
): Promise<boolean> {
  const { revocationEndpoint } = connection
  if (revocationEndpoint === undefined) return false
  if (upstream.authMode !== 'user-oauth' && upstream.authMode !== 'shared-oauth') return false
  const client = await clientOfConnection(context, upstream, connection.client)
  if (!client) return false
  const { accessToken, refreshToken } = await openTokens(context, connection)
  const server = { issuer: connection.issuer, revocation_endpoint: revocationEndpoint }
  const authentication = await authenticateAs(context, upstream, client)
  // RFC 7009 §2.1: revoking the refresh token takes the grant with it; the access token for servers that do not.
  for (const token of [refreshToken, accessToken]) {
    if (token === undefined) continue
    await processRevocationResponse(
      await revocationRequest(server, { client_id: client.clientId }, authentication, token, {
        ...protocolFetch(context),
      }),
    )
  }
  return true
}
