import { answerResponse, type AuditEvent, FetchApiRequest, type RequestFacts } from '@portico/core'
import { Hono } from 'hono'
import * as base64url from 'jose/base64url'

import { createAdmin } from './admin/create-admin.ts'
import type { AuditOptions } from './audit/audit-options.ts'
import { type AuditTrail, createAuditTrail } from './audit/audit-trail.ts'
import { checkGatewayOptions } from './check-gateway-options.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { createOrigin } from './gateway-origin.ts'
import type { GatewayOrigin } from './gateway-origin.ts'
import type { HostedGateway } from './hosting/hosted-gateway.ts'
import { namedFetch } from './hosting/named-fetch.ts'
import { liveness } from './liveness.ts'
import { type AnyObserver, combineObservers } from './observe/combine-observers.ts'
import { observeRequests, type ObservedRequest } from './observe/observe-requests.ts'
import { observeStorage } from './observe/observe-storage.ts'
import type { Activity } from './observe/observer.ts'
import { routeTemplate } from './observe/route-template.ts'
import type { NamedRequestFacts } from './origin-fetch.ts'
import { fixedOrigin, loopbackOrigins } from './origins.ts'
import { readiness } from './readiness.ts'
import { createFlowTraces, type FlowTraces } from './trace/flow-traces.ts'
import { observeDiscovery } from './trace/observe-discovery.ts'

/** A gateway as its host sees it: a function from `Request` to `Response`. */
export interface Gateway {
  readonly fetch: (request: Request, facts?: RequestFacts) => Promise<Response>
  /** The same as a Hono app. */
  readonly app: Hono
  /** What is served to a request with this `Host` header; `undefined` for names that do not belong to the gateway. */
  readonly originFor: (host: string | undefined) => GatewayOrigin | undefined
  /** Watches this gateway; absent where nobody does. */
  readonly observer?: AnyObserver | undefined
  /**
   * Begins the operation of a request, for hosts that answer it without `fetch`; absent where nobody watches, and
   * `undefined` where nobody wants to.
   */
  readonly observe?: ((request: ObservedRequest) => Activity | undefined) | undefined
  /**
   * What operators do: the admin API and pages, and metrics, as far as `admin` and `metrics` switch them on. Serve it on a
   * port of its own that users cannot reach.
   */
  readonly admin: HostedGateway
  /** From now on `/readyz` says no, so that nothing new is sent here; what arrives is still answered. */
  readonly close: () => Promise<void>
  /** Writes what is still to be written, the last audit records: after the last answer. */
  readonly finish: () => Promise<void>
}

/**
 * An MCP gateway: an authorization server, and for every route a guard and a proxy behind it.
 *
 * @throws {ConfigError} naming every wrong option and its remedy
 */
export function createGateway(options: GatewayOptions): Gateway {
  checkGatewayOptions(options)
  const development = options.development ?? options.publicUrl === undefined
  const surroundings = {
    development,
    fetch: options.fetch,
    // All origins of one process open what the others sealed.
    keys: options.keys ?? (development ? [randomKey()] : undefined),
  }
  const observer = combineObservers(options.observer)
  const storage = observer ? observeStorage(options.storage, observer) : options.storage
  const kept = { ...options, storage }
  const trail = options.audit && auditTrail(kept, options.audit, () => first.server.context.auditKey())
  const traces = options.traces === 'off' ? undefined : flowTraces(kept, options.traces)
  const onEvent = (event: AuditEvent): void => {
    trail?.record(event)
    traces?.event(event)
    observer?.event(event)
    tell(options.onEvent, event)
  }
  const create = (publicUrl: string) =>
    createOrigin({ ...kept, observer, onEvent }, { ...surroundings, publicUrl }, traces)
  const first = create(options.publicUrl ?? 'http://localhost:9000')
  const originFor = options.publicUrl === undefined ? loopbackOrigins(create) : fixedOrigin(first)
  let isClosing = false

  const observe: Gateway['observe'] =
    observer &&
    (({ method, path, host, header, requestId }) => {
      const origin = originFor(host)
      const route = origin && routeTemplate(origin, path)
      const publicUrl = origin?.publicUrl
      return observer.begin({ kind: 'request', method, route, origin: publicUrl, header, requestId })
    })
  const answer = async (request: Request, facts: NamedRequestFacts): Promise<Response> => {
    const { pathname, host } = new URL(request.url)
    if (pathname === '/healthz') return liveness(request)
    if (pathname === '/readyz') return readiness(first.server, isClosing)
    const origin = originFor(request.headers.get('host') ?? host)
    if (!origin) {
      const description = 'the Host header names another machine: set publicUrl to the origin that users see'
      return json(403, { error: 'forbidden', error_description: description })
    }
    const endpoint = origin.endpoint(pathname)
    if (endpoint) return endpoint.fetch(request, facts)
    const api = origin.api(pathname)
    if (api) {
      const asked = new FetchApiRequest(request, pathname, facts.requestId, facts.clientAddress)
      return answerResponse(await api(asked))
    }
    const response = await origin.fetch(request, pathname, facts)
    if (traces) observeDiscovery(traces, request, pathname, facts, response)
    return response
  }
  const answerWatched = observe ? observeRequests(observe, answer) : answer
  const fetch = namedFetch(answerWatched)
  const app = new Hono()
  app.all('*', ({ req, env }) => fetch(req.raw, env as RequestFacts | undefined))

  return {
    fetch,
    app,
    originFor,
    observer,
    observe,
    admin: createAdmin(first, options),
    close: () => {
      isClosing = true
      return Promise.resolve()
    },
    finish: async () => {
      await Promise.all([trail?.close(), traces?.settled()])
    },
  }
}

const day = 86_400

function flowTraces(
  { storage, routes, onError, now = unixSeconds }: GatewayOptions,
  { retainSeconds = day }: { readonly retainSeconds?: number | undefined } = {},
): FlowTraces {
  const paths = new Set(routes.map(({ path }) => path))
  return createFlowTraces({ storage, now, retainSeconds, isRoute: (path) => paths.has(path), onError })
}

/** All origins of one process share storage and keyring, and so the secret that the chain is made with. */
function auditTrail(
  { storage, onError, now = unixSeconds }: GatewayOptions,
  { write }: AuditOptions,
  key: () => Promise<Uint8Array>,
): AuditTrail {
  return createAuditTrail({ storage, key, now, write, onError })
}

const unixSeconds = (): number => Math.floor(Date.now() / 1000)

/** An observer must not decide about a login or a call. */
function tell(observer: GatewayOptions['onEvent'], event: AuditEvent): void {
  try {
    observer?.(event)
  } catch {
    // What it throws is its own.
  }
}

function json(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } })
}

function randomKey(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
}
