import type { SafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'
import * as base64url from 'jose/base64url'

import { saveApiKey } from './api-key.ts'
import { clientDocument } from './client-document.ts'
import {
  beginConnect,
  type ConnectOutcome,
  type ConnectRequest,
  finishConnect,
  type ReturningBrowser,
} from './connect.ts'
import type { ConnectionContext, ConnectionEvent, Sealer } from './connection-context.ts'
import {
  apiKeyCredential,
  type ConnectDemand,
  type Credential,
  type Demand,
  oauthCredential,
} from './connection-credential.ts'
import { sharedOwner } from './connection-records.ts'
import { connectionState, type ConnectionState } from './connection-state.ts'
import { disconnect } from './disconnect.ts'
import { crossAppCredential, exchangeCredential, type SubjectToken } from './exchanged-credential.ts'
import { inspectUpstream, type UpstreamInspection } from './inspect-upstream.ts'
import { type MissingKey, missingKeys, resealConnections, type ResealProgress } from './reseal.ts'
import {
  type OAuthUpstream,
  type Upstream,
  upstreamOptions,
  type UpstreamOptions,
} from './upstream-options.ts'

/** Options of {@link createConnections}. */
export interface ConnectionsOptions {
  /** Origin of the gateway: base of the redirect URIs and of the client metadata documents. */
  readonly publicUrl: string
  readonly storage: Storage
  /** Seals tokens before the storage sees them. */
  readonly sealer: Sealer
  /** Authenticates connect links: a keyed hash, the same on all nodes. */
  readonly mac: (text: string) => string
  /** A guarded fetch: its URLs are named by upstreams. */
  readonly fetch: SafeFetch
  readonly upstreams: readonly UpstreamOptions[]
  /** Needed by `id-jag` and `token-exchange`: the user's tokens of the identity provider. */
  readonly subjectToken?: SubjectToken | undefined
  /** Default `Portico`. */
  readonly clientName?: string | undefined
  /** Default `/auth/connections`. */
  readonly connectPath?: string | undefined
  /** Plain http on loopback, for local work only. Default `false`. */
  readonly development?: boolean | undefined
  readonly onEvent?: ((event: ConnectionEvent) => void) | undefined
  /** Unix seconds. */
  readonly now?: (() => number) | undefined
  readonly randomToken?: (() => string) | undefined
  readonly wait?: ((ms: number) => Promise<void>) | undefined
}

/** The vault: who is connected to what, and what to send there. */
export interface Connections {
  readonly upstreams: ReadonlyMap<string, Upstream>
  /** What to send upstream for this user, or what has to be done first. Fits `authorize` of `@portico/mcp`. */
  authorize(upstreamId: string, subject: string): Promise<Credential | ConnectDemand>
  /** Where to send the browser to connect an OAuth upstream. */
  begin(upstreamId: string, request: ConnectRequest): Promise<URL>
  /** Takes the browser's return from there. */
  finish(upstreamId: string, parameters: URLSearchParams, browser: ReturningBrowser): Promise<ConnectOutcome>
  /**
   * What an OAuth upstream's authorization server says before any user is sent there; nothing is registered or stored.
   *
   * @throws {UpstreamError} when it is not found, or does not answer
   */
  inspect(upstreamId: string): Promise<UpstreamInspection>
  /** `requestId` is what the host calls the request, for the event. */
  saveApiKey(upstreamId: string, subject: string, key: string, requestId?: string): Promise<void>
  disconnect(
    upstreamId: string,
    owner: string,
    requestId?: string,
  ): Promise<{ existed: boolean; revoked: boolean }>
  /** How one user stands with every upstream, or with some. */
  states(subject: string, upstreamIds?: readonly string[]): Promise<readonly ConnectionState[]>
  /** Disconnects a user everywhere. */
  forget(subject: string): Promise<void>
  /**
   * Seals under the newest key what older ones have sealed, while everything is in use; begins again where it was
   * interrupted.
   *
   * @throws {StorageUnavailableError}
   */
  reseal(report?: (progress: ResealProgress) => void): Promise<ResealProgress>
  /** Keys that connections are sealed under and that are not in the keyring any more. */
  missingKeys(): Promise<readonly MissingKey[]>
  /** Whether a connect link was made for this user (UP-11): its ticket is no secret and gives no access. */
  isTicketOf(ticket: string, upstreamId: string, subject: string): boolean
  /** Path of the connect page, with the ticket. */
  connectPath(upstreamId: string, subject: string): string
  /** Our metadata document at `/.well-known/oauth-client/{upstreamId}`; undefined for upstreams that need none. */
  clientDocument(upstreamId: string): Readonly<Record<string, unknown>> | undefined
}

/** Whose connection a call of `subject` uses. */
export const ownerOf = ({ authMode }: Pick<Upstream, 'authMode'>, subject: string): string =>
  authMode === 'shared-oauth' ? sharedOwner : subject

/**
 * @throws {z.ZodError} naming every wrong option
 * @throws {TypeError} for two upstreams of one id, or a mode that needs `subjectToken` without it
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const context = connectionContext(options)
  const upstreams = parseUpstreams(options)
  const find = (id: string): Upstream => {
    const upstream = upstreams.get(id)
    if (upstream) return upstream
    throw new TypeError(`Unknown upstream "${id}": known are ${[...upstreams.keys()].join(', ')}.`)
  }
  const findOAuth = (id: string): OAuthUpstream => {
    const upstream = find(id)
    if (isOAuth(upstream)) return upstream
    throw new TypeError(`The upstream "${id}" is not connected through OAuth but by ${upstream.authMode}.`)
  }
  const ticket = (upstreamId: string, subject: string) =>
    options.mac(`connect\n${upstreamId}\n${subject}`).slice(0, 22)
  const connectPath = (id: string, subject: string) =>
    `${context.connectPath}/${id}/connect?ticket=${ticket(id, subject)}`

  return {
    upstreams,
    authorize(upstreamId, subject) {
      const upstream = find(upstreamId)
      const demand = demandFor(upstream, `${context.publicUrl}${connectPath(upstreamId, subject)}`)
      switch (upstream.authMode) {
        case 'user-oauth':
        case 'shared-oauth':
          return oauthCredential(context, upstream, ownerOf(upstream, subject), demand)
        case 'user-api-key':
          return apiKeyCredential(context, upstream, subject, demand)
        case 'id-jag':
          return crossAppCredential(context, upstream, subject, subjectTokenOf(options), demand)
        case 'token-exchange':
          return exchangeCredential(context, upstream, subject, subjectTokenOf(options), demand)
      }
    },
    begin: async (id, request) => beginConnect(context, findOAuth(id), request),
    finish: async (id, parameters, browser) => finishConnect(context, findOAuth(id), parameters, browser),
    inspect: async (id) => inspectUpstream(context, findOAuth(id)),
    async saveApiKey(id, subject, key, requestId) {
      const upstream = find(id)
      if (upstream.authMode !== 'user-api-key') throw new TypeError(`The upstream "${id}" takes no API key.`)
      await saveApiKey(context, upstream, subject, key, requestId)
    },
    disconnect: async (id, owner, requestId) => disconnect(context, find(id), owner, requestId),
    states: (subject, ids = [...upstreams.keys()]) =>
      Promise.all(ids.map((id) => connectionState(context, find(id), subject))),
    async forget(subject) {
      for (const upstream of upstreams.values()) {
        if (upstream.authMode !== 'shared-oauth') await disconnect(context, upstream, subject)
      }
    },
    reseal: (report = () => undefined) => resealConnections(context, report),
    missingKeys: () => missingKeys(context),
    isTicketOf: (given, id, subject) => given === ticket(id, subject),
    connectPath,
    clientDocument(id) {
      const upstream = upstreams.get(id)
      return upstream && isOAuth(upstream) ? clientDocument(context, id) : undefined
    },
  }
}

const isOAuth = (upstream: Upstream): upstream is OAuthUpstream =>
  upstream.authMode === 'user-oauth' || upstream.authMode === 'shared-oauth'

function demandFor(upstream: Upstream, connectUrl: string): Demand {
  const sentences = {
    authenticating: `Connect your ${upstream.displayName} account to use this server.`,
    reconsent_required: `Your ${upstream.displayName} account has to be connected again.`,
    admin_connect_required: `An administrator has to connect ${upstream.displayName} for this gateway.`,
  }
  const elicitationId = new URL(connectUrl).searchParams.get('ticket') ?? upstream.id
  return (state) => ({ state, connectUrl, message: sentences[state], elicitationId })
}

function parseUpstreams({ upstreams, subjectToken }: ConnectionsOptions): ReadonlyMap<string, Upstream> {
  const parsed = new Map<string, Upstream>()
  for (const options of upstreams) {
    const upstream = upstreamOptions.parse(options)
    if (parsed.has(upstream.id))
      throw new TypeError(`Two upstreams have the id "${upstream.id}": rename one.`)
    const needsToken = upstream.authMode === 'id-jag' || upstream.authMode === 'token-exchange'
    if (needsToken && !subjectToken) {
      throw new TypeError(`The upstream "${upstream.id}" uses ${upstream.authMode}: give subjectToken.`)
    }
    parsed.set(upstream.id, upstream)
  }
  return parsed
}

function subjectTokenOf({ subjectToken }: ConnectionsOptions): SubjectToken {
  return subjectToken ?? (() => Promise.resolve(undefined))
}

function connectionContext(options: ConnectionsOptions): ConnectionContext {
  const { storage, sealer, fetch, publicUrl } = options
  return {
    storage,
    sealer,
    fetch,
    publicUrl,
    development: options.development ?? false,
    clientName: options.clientName ?? 'Portico',
    connectPath: options.connectPath ?? '/auth/connections',
    now: options.now ?? (() => Math.floor(Date.now() / 1000)),
    randomToken: options.randomToken ?? (() => base64url.encode(crypto.getRandomValues(new Uint8Array(32)))),
    wait: options.wait ?? ((ms) => new Promise((resolve) => void setTimeout(resolve, ms))),
    emit: options.onEvent ?? (() => undefined),
  }
}
