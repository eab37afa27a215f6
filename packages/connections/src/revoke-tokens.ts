import { processRevocationResponse, revocationRequest } from 'oauth4webapi'

import { authenticateAs } from './authenticate-as.ts'
import type { ConnectionContext } from './connection-context.ts'
import type { ConnectionRecord } from './connection-records.ts'
import { protocolFetch } from './protocol-fetch.ts'
import { openTokens } from './token-fields.ts'
import { clientOfConnection } from './upstream-client.ts'
import type { Upstream } from './upstream-options.ts'

/**
 * Revokes the tokens of a connection that is no more, at the upstream's authorization server where that offers it (AS-83).
 *
 * @returns whether the upstream has confirmed it
 */
export function revokeTokens(
  context: ConnectionContext,
  upstream: Upstream,
  connection: ConnectionRecord,
): Promise<boolean> {
  return revoke(context, upstream, connection).catch(() => false)
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
