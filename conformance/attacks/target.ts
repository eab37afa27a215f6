import type { SafeFetchOptions } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'
import {
  type AuthorizationRequest,
  type Clock,
  createClock,
  createScriptedBrowser,
  createScriptedIdp,
  createScriptedMcpClient,
  createSigningKey,
  type Fetch,
  type InjectableFetch,
  type Overrides,
  routeByOrigin,
  type ScriptedBrowser,
  type ScriptedIdp,
  type ScriptedMcpClient,
} from '@portico/test-peers'

import type { GatewayData, GatewayEvent, GatewaySetup, Surroundings } from './hosts/attacked-gateway.ts'
import type { AttackedHost, ReachableGateway } from './hosts/attacked-host.ts'
import { portableHost } from './hosts/portable-host.ts'
import type { OpenStorage } from './storages.ts'
import { failing } from './wrapped-storages.ts'

export const publicUrl = 'https://mcp.example.com'
export const demoUrl = `${publicUrl}/mcp/demo`
export const notesUrl = `${publicUrl}/mcp/notes`
export const loopbackUri = 'http://127.0.0.1:33418/callback'
export const hostedUri = 'https://client.example/callback'
export const keys = ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc']

/** What an upstream MCP server was sent. */
export interface UpstreamRequest {
  readonly url: string
  readonly headers: Headers
  readonly body: { readonly id?: unknown; readonly method?: unknown; readonly params?: unknown }
}

export interface TargetOptions {
  readonly gateway?: GatewayData
  /** Default one, whose identity provider is {@link Target.idp}. */
  readonly providers?: GatewaySetup['providers']
  /** Further servers by origin: reached by browser, client and gateway. */
  readonly others?: Readonly<Record<string, Fetch>>
  /** Answers for every other server that the gateway goes to. */
  readonly web?: Fetch
  /**
   * How the gateway's guarded fetch is set up; default: addresses are judged, nothing is resolved. `own` is the one that it
   * makes for itself.
   */
  readonly safeFetch?: Pick<SafeFetchOptions, 'allowHosts' | 'resolve'> | 'own'
  /** What the upstream answers; `undefined` for the usual. */
  readonly upstream?: (request: UpstreamRequest) => Response | Promise<Response | undefined> | undefined
  readonly redirectUri?: string
  /** While it says so, the storage cannot be reached. */
  readonly isAway?: () => boolean
  /** Puts something between the gateway and its storage. */
  readonly wrapStorage?: (storage: Storage) => Storage
  /** Whose forwarded addresses a host that listens believes; default those of the test, which come from loopback. */
  readonly trustedProxies?: readonly string[]
}

/** A gateway, and everybody who talks to it: only requests go in, only answers come out. */
export interface Target {
  readonly clock: Clock
  readonly idp: ScriptedIdp
  readonly storage: Storage
  /** What reached the operator: audit events and failures. */
  readonly events: GatewayEvent[]
  readonly errors: unknown[]
  readonly upstreamRequests: UpstreamRequest[]
  readonly fetch: InjectableFetch
  readonly browser: ScriptedBrowser
  readonly client: ScriptedMcpClient
  /** Another person's machine, or one that also stops before addresses that begin with one of `stopAt`. */
  otherBrowser(stopAt?: readonly string[]): ScriptedBrowser
  /** Another process on the same storage and keys, with its own memory. */
  otherNode(options?: GatewayData): Promise<Target>
  /** A request as it is, below {@link publicUrl} when it is a path; `clientAddress` is what the host vouches for. */
  request(url: string, init?: RequestInit, clientAddress?: string): Promise<Response>
  /** Registers a client, refusals included. */
  register(metadata?: Readonly<Record<string, unknown>>): Promise<Response>
  /** A registered public client. */
  newClient(metadata?: Readonly<Record<string, unknown>>): Promise<string>
  /** An authorization request of a new client (or `clientId`) for the demo route (or `resource`). */
  attempt(
    overrides?: Overrides,
    options?: { readonly clientId?: string; readonly resource?: string },
  ): Promise<AuthorizationRequest>
}

export const idpIssuer = 'https://idp.example'
const scripted = { issuer: idpIssuer, clientId: 'client', clientSecret: 'secret' }
// One key for all identity providers of a file: making one takes longer than most tests.
const signingKey = createSigningKey('RS256', 'key-1')

const usualOptions: GatewayData = {
  publicUrl,
  keys,
  routes: [
    {
      path: '/mcp/demo',
      id: 'demo',
      name: 'Demo',
      upstream: { url: 'https://upstream.example/mcp', headers: { Authorization: 'Bearer upstream-key' } },
    },
    {
      path: '/mcp/notes',
      id: 'notes',
      name: 'Notes',
      upstream: { url: 'https://upstream.example/notes' },
      scopes: { 'notes:read': 'Read your notes.', 'notes:write': 'Write notes for you.' },
      defaultScopes: ['notes:read'],
    },
  ],
}

/** Starts a gateway with two routes in front of one upstream. */
export async function openTarget(
  openStorage: OpenStorage,
  options: TargetOptions = {},
  host: AttackedHost = portableHost,
) {
  const clock = createClock(1_800_000_000_000)
  const idp = createScriptedIdp({ issuer: idpIssuer, clock, signingKey: await signingKey })
  const opened = await openStorage(clock.seconds)
  const started: ReachableGateway[] = []
  const close = async () => {
    await Promise.all(started.map((gateway) => gateway.close()))
    await opened.close()
  }
  const start: AttackedHost['start'] = async (...given) => {
    const gateway = await host.start(...given)
    started.push(gateway)
    return gateway
  }
  try {
    return { target: await targetOn({ start, storage: opened.storage, clock, idp }, options), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What all nodes of a gateway share. */
interface Shared extends Pick<Target, 'storage' | 'clock' | 'idp'> {
  readonly start: AttackedHost['start']
}

async function targetOn(shared: Shared, options: TargetOptions): Promise<Target> {
  const { storage, clock, idp } = shared
  const servers = { [idpIssuer]: idp.fetch, ...options.others }
  const outside = following(routeByOrigin(servers, options.web))
  const events: GatewayEvent[] = []
  const errors: unknown[] = []
  const upstreamRequests: UpstreamRequest[] = []
  const { safeFetch = {}, trustedProxies = ['127.0.0.1'] } = options
  const { resolve, ...guard } = safeFetch === 'own' ? {} : safeFetch
  const surroundings: Surroundings = {
    now: clock.seconds,
    storage: failing(options.wrapStorage?.(storage) ?? storage, options.isAway),
    outside,
    resolve,
    onEvent: (event) => events.push(event),
    onError: (error) => errors.push(error),
    async upstream(request) {
      const { url, headers } = request
      const seen = { url, headers, body: (await request.json()) as UpstreamRequest['body'] }
      if (seen.body.method === 'server/discover') return discovery(seen.body.id)
      upstreamRequests.push(seen)
      return (await options.upstream?.(seen)) ?? usualAnswer(seen)
    },
  }
  const setup: GatewaySetup = {
    options: { ...usualOptions, ...options.gateway },
    providers: options.providers ?? [scripted],
    safeFetch: safeFetch === 'own' ? 'own' : guard,
  }
  const gateway = await shared.start(setup, surroundings, { trustedProxies })
  const fetch = routeByOrigin(servers, (request) => gateway.fetch(request))
  const redirectUri = options.redirectUri ?? loopbackUri
  const otherBrowser = (stopAt: readonly string[] = []) =>
    createScriptedBrowser({ fetch, clock, stopAt: [redirectUri, hostedUri, ...stopAt] })
  const browser = otherBrowser()
  const client = createScriptedMcpClient({ fetch, browser, clock, redirectUri })
  const register: Target['register'] = async (metadata) =>
    client.steps.register(await client.authorizationServer(demoUrl), metadata)

  const target: Target = {
    clock,
    idp,
    storage,
    events,
    errors,
    upstreamRequests,
    fetch,
    browser,
    client,
    otherBrowser,
    otherNode: (changes) => targetOn(shared, { ...options, gateway: { ...options.gateway, ...changes } }),
    request: (url, init, clientAddress) =>
      gateway.fetch(new Request(new URL(url, publicUrl), init), clientAddress),
    register,
    async newClient(metadata) {
      const response = await register(metadata)
      if (response.status !== 201) throw new Error(await response.text())
      return ((await response.json()) as { readonly client_id: string }).client_id
    },
    async attempt(overrides = {}, given = {}) {
      const resource = given.resource ?? demoUrl
      const metadata = await client.authorizationServer(resource)
      const clientId = given.clientId ?? (await target.newClient())
      return client.steps.authorizationRequest(metadata, { clientId }, { resource, overrides })
    },
  }
  return target
}

/** Goes where answers lead, unless the request says not to, as every `fetch` does. */
function following(fetch: InjectableFetch): InjectableFetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const response = await fetch(request)
    const location = response.headers.get('location')
    if (request.redirect !== 'follow' || location === null) return response
    return fetch(new URL(location, request.url))
  }
}

function discovery(id: unknown): Response {
  const result = {
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: {},
    serverInfo: { name: 'upstream', version: '1.0.0' },
  }
  return Response.json({ jsonrpc: '2.0', id, result })
}

function usualAnswer({ body }: UpstreamRequest): Response {
  const result = body.method === 'tools/list' ? { tools: [] } : { content: [] }
  return Response.json({ jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', ...result } })
}
