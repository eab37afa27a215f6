import {
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
  type TokenEndpointResponse,
} from 'oauth4webapi'

import { authenticateAs } from './authenticate-as.ts'
import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import { leasePollMs, leaseSeconds, releaseLease, takeLease } from './connection-lease.ts'
import {
  connectionGroup,
  connectionId,
  type ConnectionRecord,
  type Found,
  records,
} from './connection-records.ts'
import { errorCode } from './error-code.ts'
import { protocolFetch } from './protocol-fetch.ts'
import { revokeTokens } from './revoke-tokens.ts'
import { noteSealed } from './sealed-records.ts'
import { noteRefusedClient } from './spent-client.ts'
import { openTokens, tokenFields } from './token-fields.ts'
import { clientOfConnection } from './upstream-client.ts'
import type { OAuthUpstream } from './upstream-options.ts'

/**
 * Refreshes a connection: one node does it, all others wait for its result.
 *
 * @param stale the sealed tokens, as found, that are no longer good
 * @returns the connection as it stands afterwards: refreshed, or `reconsent_required`
 * @throws {UpstreamError} `upstream_token_unavailable` when nothing was answered: the connection is as good as before
 */
export async function refreshConnection(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  owner: string,
  stale: string,
): Promise<Found<ConnectionRecord> | undefined> {
  const id = connectionId(upstream.id, owner)
  const connections = records(context.storage, 'connection')
  const holder = context.randomToken()
  for (let waitedMs = 0; waitedMs <= leaseSeconds * 1000; waitedMs += leasePollMs) {
    const won = await takeLease(context, id, holder)
    // Read after the lease was taken: its previous holder has saved what it got.
    const current = await connections.get(id)
    const done =
      !current || current.value.status !== 'connected' || !(await holdsTokens(context, current.value, stale))
    if (!won) {
      if (done && !isInFlight(current)) return current
      await context.wait(leasePollMs)
      continue
    }
    try {
      return done && !isInFlight(current) ? current : await refreshOnce(context, upstream, current)
    } finally {
      await releaseLease(context, id, holder)
    }
  }
  throw unavailable(upstream, 'another refresh did not end in time')
}

/** Whether these are still its tokens: sealed anew they look different and are the same. */
async function holdsTokens(
  context: ConnectionContext,
  connection: ConnectionRecord,
  sealed: string,
): Promise<boolean> {
  if (connection.tokens === sealed) return true
  const [now, then] = await Promise.all([
    openTokens(context, connection),
    openTokens(context, { ...connection, tokens: sealed }),
  ])
  return now.accessToken === then.accessToken
}

/** The record says that a refresh token was sent, and nothing came of it yet. */
const isInFlight = (found: Found<ConnectionRecord> | undefined): found is Found<ConnectionRecord> =>
  found?.value.status === 'connected' && found.value.refreshSentAt !== undefined

async function refreshOnce(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  { value: connection, version }: Found<ConnectionRecord>,
): Promise<Found<ConnectionRecord> | undefined> {
  const { refreshToken } = await openTokens(context, connection)
  if (refreshToken === undefined) return end(context, connection, version, 'no_refresh_token')
  // A process died between sending and saving. Where every refresh makes the old token void, presenting it again could
  // cost the user every token of the family; elsewhere it is harmless.
  if (connection.refreshSentAt !== undefined && (await mayRotate(context, connection))) {
    return end(context, connection, version, 'refresh_interrupted')
  }
  const client = await clientOfConnection(context, upstream, connection.client)
  if (!client) return end(context, connection, version, 'client_changed')

  const sent = await update(context, { ...connection, refreshSentAt: context.now() }, version)
  if (!sent) return records(context.storage, 'connection').get(connectionId(upstream.id, connection.owner))
  let answer: TokenEndpointResponse
  try {
    answer = await requestRefresh(context, upstream, connection, client, refreshToken)
  } catch (error) {
    if (error instanceof ResponseBodyError && error.error === 'invalid_grant') {
      return end(context, connection, sent.version, 'refresh_refused')
    }
    if (await noteRefusedClient(context, client, error)) {
      return end(context, connection, sent.version, 'client_refused')
    }
    const event = { name: 'connection.refresh_failed', outcome: 'failure', upstream: upstream.id } as const
    context.emit({ ...event, subject: connection.owner, reason: reasonOf(error) })
    // We are alive and got no tokens, so the mark of a refresh that died with its process comes off.
    await update(context, withoutMark(connection), sent.version)
    throw unavailable(upstream, reasonOf(error), error)
  }
  const fields = await tokenFields(context, connection, answer, connection)
  await noteSealed(
    context,
    { kind: 'connection', id: connectionId(upstream.id, connection.owner) },
    fields.tokens,
    connection.tokens,
  )
  const rotates = connection.rotates === true || ![undefined, refreshToken].includes(answer.refresh_token)
  const refreshed = { ...withoutMark(connection), ...fields, rotates, refreshedAt: context.now() }
  // Saved before anything else happens with it.
  const saved = await update(context, refreshed, sent.version)
  if (connection.rotates !== rotates) await noteBehaviour(context, connection, rotates)
  if (!saved) return discard(context, upstream, refreshed)
  context.emit({
    name: 'connection.refreshed',
    outcome: 'success',
    upstream: upstream.id,
    subject: connection.owner,
  })
  return saved
}

/** Somebody disconnected or reconnected meanwhile: that stands. After a disconnect, new tokens end as the others did (AS-83). */
async function discard(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  refreshed: ConnectionRecord,
): Promise<Found<ConnectionRecord> | undefined> {
  const { owner } = refreshed
  const current = await records(context.storage, 'connection').get(connectionId(upstream.id, owner))
  // Beside a new connection they stay: where a revocation ends all of a user's tokens it would end that one too.
  if (current) return current
  const revoked = await revokeTokens(context, upstream, refreshed)
  context.emit({
    name: 'connection.refresh_failed',
    outcome: 'failure',
    upstream: upstream.id,
    subject: owner,
    reason: revoked ? 'disconnected' : 'disconnected_not_revoked',
  })
  return undefined
}

/** Where nothing has shown the contrary, a refresh token is good for one use (OAuth 2.1 §4.3.1). */
async function mayRotate(
  { storage }: ConnectionContext,
  { rotates, client }: ConnectionRecord,
): Promise<boolean> {
  if (rotates !== undefined) return rotates
  const shown = await records(storage, 'refresh-behaviour').get(client)
  return shown?.value.rotates ?? true
}

async function noteBehaviour(
  { storage }: ConnectionContext,
  { client }: ConnectionRecord,
  rotates: boolean,
): Promise<void> {
  const behaviours = records(storage, 'refresh-behaviour')
  const shown = await behaviours.get(client)
  // Once rotating, always rotating: some servers rotate now and then.
  if (shown?.value.rotates !== true && shown?.value.rotates !== rotates) {
    await behaviours.set(client, { rotates })
  }
}

async function requestRefresh(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  connection: ConnectionRecord,
  client: NonNullable<Awaited<ReturnType<typeof clientOfConnection>>>,
  refreshToken: string,
): Promise<TokenEndpointResponse> {
  const server = { issuer: connection.issuer, token_endpoint: connection.tokenEndpoint }
  const oauthClient = { client_id: client.clientId }
  const response = await refreshTokenGrantRequest(
    server,
    oauthClient,
    await authenticateAs(context, upstream, client),
    refreshToken,
    {
      ...protocolFetch(context),
      additionalParameters: connection.resource === undefined ? {} : { resource: connection.resource },
    },
  )
  return processRefreshTokenResponse(server, oauthClient, response)
}

/** The connection is dead; the record stays, so that pages and clients can say so. */
async function end(
  context: ConnectionContext,
  connection: ConnectionRecord,
  version: number,
  reason: string,
): Promise<Found<ConnectionRecord> | undefined> {
  const { upstream, owner } = connection
  context.emit({
    name: 'connection.reconsent_required',
    outcome: 'failure',
    upstream,
    subject: owner,
    reason,
  })
  const ended = await update(
    context,
    { ...withoutMark(connection), status: 'reconsent_required', reason },
    version,
  )
  return ended ?? records(context.storage, 'connection').get(connectionId(upstream, owner))
}

async function update(
  context: ConnectionContext,
  connection: ConnectionRecord,
  version: number,
): Promise<Found<ConnectionRecord> | undefined> {
  const id = connectionId(connection.upstream, connection.owner)
  const connections = records(context.storage, 'connection')
  const written = await connections.set(id, connection, {
    group: connectionGroup(connection.owner),
    when: { version },
  })
  return written ? connections.get(id) : undefined
}

function withoutMark({ refreshSentAt: _mark, ...connection }: ConnectionRecord): ConnectionRecord {
  return connection
}

function reasonOf(error: unknown): string {
  if (error instanceof ResponseBodyError) return errorCode(error.error)
  return error instanceof Error ? error.name : 'unexpected'
}

const unavailable = (upstream: OAuthUpstream, why: string, cause?: unknown): UpstreamError =>
  new UpstreamError(
    'upstream_token_unavailable',
    `${upstream.displayName}: the access token could not be refreshed (${why}). The connection is kept; try again.`,
    { cause },
  )
