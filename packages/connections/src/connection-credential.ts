import type { ConnectionContext } from './connection-context.ts'
import {
  connectionGroup,
  connectionId,
  type ConnectionRecord,
  type Found,
  records,
  sharedOwner,
} from './connection-records.ts'
import { refreshConnection } from './refresh-connection.ts'
import { resealOnRead } from './reseal.ts'
import { isForUpstream } from './same-upstream.ts'
import { openTokens } from './token-fields.ts'
import { readChallenge, type UpstreamChallenge } from './upstream-challenge.ts'
import type { ApiKeyUpstream, OAuthUpstream } from './upstream-options.ts'

/** Seconds before its end from which on an access token is no longer used. */
const expiryMarginSeconds = 60
/** Between two writes of `usedAt`: it is for people, not worth a write per call. */
const usedAtSeconds = 3600
const maximumStepUps = 3
const challengeTtlSeconds = 86_400

/** Headers for the upstream, and how to get better ones. Fits `UpstreamCredential` of `@portico/mcp`. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>
  /** Another one once it was disconnected: sessions at the upstream do not outlive that. */
  readonly account?: string | undefined
  readonly refresh?: (challenge: Challenge) => Promise<Credential | ConnectDemand | undefined>
}

/** How the upstream refused. */
export interface Challenge {
  readonly status: 401 | 403
  readonly wwwAuthenticate: string | undefined
}

/** The states of the reference: what somebody has to do first. */
export type ConnectState = 'authenticating' | 'reconsent_required' | 'admin_connect_required'

/** What the user, or an administrator, has to do before a call can be made, and where. */
export interface ConnectDemand {
  readonly state: ConnectState
  /** Absolute URL on the gateway's own origin. */
  readonly connectUrl: string
  readonly message: string
  readonly elicitationId: string
}

/** Says that `owner` has to connect; made by the assembly, which knows the gateway's links. */
export type Demand = (state: ConnectState) => ConnectDemand

/**
 * The bearer token of one connection: refreshed before it ends, and once after a 401.
 *
 * @throws {UpstreamError} `upstream_token_unavailable` when a refresh found nobody to ask and the old token has ended
 */
export async function oauthCredential(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  owner: string,
  demand: Demand,
): Promise<Credential | ConnectDemand> {
  const id = connectionId(upstream.id, owner)
  const found = await records(context.storage, 'connection').get(id)
  if (found && !isForUpstream(found.value, upstream)) return demand(stateFor(owner))
  const usable = found && (await inTime(context, upstream, found))
  if (!usable) return demand(owner === sharedOwner ? 'admin_connect_required' : 'authenticating')
  if (usable.value.status !== 'connected') return demand(stateFor(owner))
  const accessToken = await accessTokenOf(context, id, usable)
  return {
    headers: { authorization: `Bearer ${accessToken}` },
    account: accountOf(usable),
    refresh: (challenge) => afterRefusal(context, upstream, usable, challenge, demand),
  }
}

/** A key that the user has entered. */
export async function apiKeyCredential(
  context: ConnectionContext,
  upstream: ApiKeyUpstream,
  owner: string,
  demand: Demand,
): Promise<Credential | ConnectDemand> {
  const id = connectionId(upstream.id, owner)
  const found = await records(context.storage, 'connection').get(id)
  if (!found) return demand('authenticating')
  if (found.value.status !== 'connected' || !isForUpstream(found.value, upstream)) {
    return demand('reconsent_required')
  }
  const accessToken = await accessTokenOf(context, id, found)
  const { header, prefix } = upstream.apiKey
  return {
    headers: { [header.toLowerCase()]: `${prefix}${accessToken}` },
    account: accountOf(found),
    async refresh({ status }) {
      // A 403 is about one operation; only a 401 says that the key is no good.
      if (status === 403) return undefined
      await expire(context, found, 'key_refused')
      return demand('reconsent_required')
    },
  }
}

const accountOf = ({ value: { connectedAt, heldSince } }: Found<ConnectionRecord>): string =>
  String(heldSince ?? connectedAt)

/** The token, or the key, to send: noted as used, and sealed anew where a newer key is to be had. */
async function accessTokenOf(
  context: ConnectionContext,
  id: string,
  connection: Found<ConnectionRecord>,
): Promise<string> {
  await noteUse(context, connection)
  const { accessToken } = await openTokens(context, connection.value)
  await resealOnRead(context, { kind: 'connection', id }, connection.value.tokens)
  return accessToken
}

/** The connection with an access token that will do, or as it is when none can be had now but it has not ended. */
async function inTime(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  found: Found<ConnectionRecord>,
): Promise<Found<ConnectionRecord> | undefined> {
  const { accessTokenExpiresAt: expiresAt = Infinity, status, owner } = found.value
  if (status !== 'connected' || context.now() < expiresAt - expiryMarginSeconds) return found
  try {
    return await refreshConnection(context, upstream, owner, found.value.tokens)
  } catch (error) {
    if (context.now() < expiresAt) return found
    throw error
  }
}

async function afterRefusal(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  used: Found<ConnectionRecord>,
  challenge: Challenge,
  demand: Demand,
): Promise<Credential | ConnectDemand | undefined> {
  const { owner } = used.value
  const demanded = readChallenge(challenge.wwwAuthenticate)
  if (challenge.status === 403) {
    // Anything but a lack of scope is the upstream's last word on this operation.
    if (demanded.error !== 'insufficient_scope') return undefined
    const mayHelp = await noteChallenge(context, used, demanded)
    return mayHelp ? demand(stateFor(owner)) : undefined
  }
  await noteChallenge(context, used, demanded)
  const refreshed = await refreshConnection(context, upstream, owner, used.value.tokens)
  if (refreshed?.value.status !== 'connected') return demand(stateFor(owner))
  const { accessToken } = await openTokens(context, refreshed.value)
  return {
    headers: { authorization: `Bearer ${accessToken}` },
    account: accountOf(refreshed),
    async refresh({ status }) {
      if (status === 403) return undefined
      // A fresh token was refused too: only the user can help.
      await expire(context, refreshed, 'token_refused')
      return demand(stateFor(owner))
    },
  }
}

const stateFor = (owner: string): ConnectState =>
  owner === sharedOwner ? 'admin_connect_required' : 'reconsent_required'

/** Remembers what the next authorization has to ask for. Answers false when asking has not helped before (UP-06). */
async function noteChallenge(
  context: ConnectionContext,
  { value: { upstream, owner } }: Found<ConnectionRecord>,
  { scope, resourceMetadataUrl }: UpstreamChallenge,
): Promise<boolean> {
  const id = connectionId(upstream, owner)
  const challenges = records(context.storage, 'upstream-challenge')
  if (scope === undefined && resourceMetadataUrl === undefined) return true
  const previous = await challenges.get(id)
  const attempts = (previous?.value.scope === scope ? previous?.value.attempts : undefined) ?? 0
  await challenges.set(
    id,
    {
      attempts: attempts + 1,
      ...(scope !== undefined && { scope }),
      ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
    },
    { expiresAt: context.now() + challengeTtlSeconds },
  )
  return attempts < maximumStepUps
}

async function expire(
  context: ConnectionContext,
  { value, version }: Found<ConnectionRecord>,
  reason: string,
): Promise<void> {
  const { upstream, owner } = value
  const ended = await records(context.storage, 'connection').set(
    connectionId(upstream, owner),
    { ...value, status: 'reconsent_required', reason },
    { group: connectionGroup(owner), when: { version } },
  )
  if (!ended) return
  const event = { name: 'connection.reconsent_required', outcome: 'failure', upstream, reason } as const
  context.emit({ ...event, subject: owner })
}

async function noteUse(
  { storage, now }: ConnectionContext,
  { value: { upstream, owner } }: Found<ConnectionRecord>,
): Promise<void> {
  const id = connectionId(upstream, owner)
  const uses = records(storage, 'connection-use')
  const last = await uses.get(id)
  if (last && now() - last.value.usedAt < usedAtSeconds) return
  await uses.set(id, { usedAt: now() })
}
