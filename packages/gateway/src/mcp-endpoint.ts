import type { Connections } from '@portico/connections'
import type {
  AuthorizationServer,
  RequestFacts as ClientFacts,
  Resource,
  VerifiedAccessToken,
} from '@portico/core'
import {
  createMcpProxy,
  createVirtualUpstream,
  sealedSessions,
  signedRequestStates,
  signedTasks,
} from '@portico/mcp'
import type { McpProxyOptions } from '@portico/mcp'
import { createResourceServer, factsOf, toResponse } from '@portico/resource-server'
import type { AccessToken, Refusal, RequestFacts, ResourceServer } from '@portico/resource-server'

import { accessDenied, connectionRequired, routeUsed, toolAnswered, toolEvents } from './audit/tool-events.ts'
import type { OriginOptions } from './gateway-options.ts'
import type { GatewayRoute, UpstreamOptions } from './gateway-route.ts'
import { observeUpstream } from './observe/observe-upstream.ts'
import { proxiedUpstream, virtualMembers } from './proxied-upstream.ts'
import { routePolicy } from './route-capabilities.ts'
import type { FlowTraces } from './trace/flow-traces.ts'
import { isConnected, upstreamAuthorization } from './upstream-connections.ts'

/** One MCP route at one origin: its guard, and what is behind it. */
export interface McpEndpoint {
  readonly route: GatewayRoute
  readonly resource: Resource
  /** Origin, preflight, authentication. */
  readonly guard: ResourceServer
  /** What the token lacks for this route at all, as the answer that ends the request. */
  readonly authorize: (token: AccessToken, requestId: string) => Refusal | undefined
  /** For transports that build a proxy of their own; absent where several upstreams answer, which only `fetch` asks. */
  readonly proxyOptions: McpProxyOptions | undefined
  /** Tells the traces of a request that was refused before it was read; for transports of their own. */
  readonly refused: (facts: RequestFacts, status: number, clientAddress: string | undefined) => void
  readonly fetch: (request: Request, facts?: ClientFacts) => Promise<Response>
}

/** What an MCP route is served with. */
export interface McpEndpointParts {
  readonly route: GatewayRoute
  readonly resource: Resource
  readonly server: AuthorizationServer
  readonly options: OriginOptions
  readonly connections: Connections | undefined
  readonly traces: FlowTraces | undefined
}

/** @throws {TypeError} when an option is wrong */
export function createMcpEndpoint(parts: McpEndpointParts): McpEndpoint {
  const { route, resource, options, traces } = parts
  const { observer, onEvent = () => {} } = options
  const guard = routeGuard(parts)
  const authorizationOf = upstreamAuthorizations(parts)
  const proxyOptions = routeProxyOptions(parts, guard, authorizationOf)
  const upstreamFetch = observer
    ? observeUpstream(options.upstreamFetch ?? runtimeFetch, observer, route.path)
    : options.upstreamFetch
  const virtual =
    route.upstreams &&
    createVirtualUpstream({
      name: resource.name,
      members: virtualMembers(route.upstreams, resource, { ...options, upstreamFetch }, authorizationOf),
    })
  const proxy = createMcpProxy({ ...proxyOptions, fetch: virtual ?? upstreamFetch })

  const authorize: McpEndpoint['authorize'] = (token, requestId) => {
    if (token.scopes.some((scope) => resource.scopes.has(scope))) return undefined
    accessDenied(resource, onEvent, token, requestId)
    return guard.insufficientScope(resource.defaultScopes, token)
  }
  const answer = guard.protect((request, token, requestId = '') => {
    const refusal = authorize(token, requestId)
    return refusal ? toResponse(refusal) : proxy.fetch(request, token, requestId)
  })
  const refused: McpEndpoint['refused'] = ({ method, header }, status, clientAddress) => {
    if (status !== 401) return
    const hasToken = header('authorization') !== undefined
    const userAgent = header('user-agent')
    traces?.request({ method, path: route.path, status, hasToken, userAgent, clientAddress })
  }

  return {
    route,
    resource,
    guard,
    authorize,
    proxyOptions: virtual ? undefined : proxyOptions,
    refused,
    async fetch(request, facts) {
      const response = await answer(request, facts?.requestId, facts?.clientAddress)
      refused(factsOf(request), response.status, facts?.clientAddress)
      return response
    },
  }
}

/** The resource server of the route: tokens are the authorization server's own, and looked at without a request to it. */
function routeGuard({ resource, server, options }: McpEndpointParts): ResourceServer {
  const { allowedOrigins, onError } = options
  const callerOf = rememberedCallers()
  const algorithms = server.dpopAlgorithms
  return createResourceServer({
    resource: resource.url,
    authorizationServer: resource.issuer,
    name: resource.name,
    scopes: resource.defaultScopes,
    allowedOrigins,
    dpop: algorithms && { algorithms, required: resource.dpopBound },
    onError,
    verify(token, url, dpop, from) {
      const verified = server.context.accessTokens.verifyAtOnce(token, url, dpop, from)
      if (verified instanceof Promise) return verified.then((later) => later && callerOf(later))
      return verified && callerOf(verified)
    },
  })
}

type AuthorizationOf = (upstream: UpstreamOptions) => ReturnType<typeof upstreamAuthorization>

/** How requests to an upstream are authorized; where a connection is missing, the audit trail learns of it. */
function upstreamAuthorizations({
  route,
  resource,
  options,
  connections,
}: McpEndpointParts): AuthorizationOf {
  const { onEvent = () => {} } = options
  return (upstream) =>
    upstreamAuthorization(upstream, connections, ({ caller, requestId }, state) => {
      const id = upstream.connection ?? route.id
      connectionRequired(resource, onEvent, caller, { upstream: id, state, requestId })
    })
}

function routeProxyOptions(
  { route, resource, server, options, connections, traces }: McpEndpointParts,
  guard: ResourceServer,
  authorizationOf: AuthorizationOf,
): McpProxyOptions {
  const { audit, limits, observer, onError, onEvent = () => {}, now } = options
  const { vault } = server.context
  const signerFor = (purpose: 'request-state' | 'task') => ({
    mac: (text: string) => vault.mac(purpose, text),
    verifyMac: (text: string, mac: string) => vault.verifyMac(purpose, text, mac),
  })
  const observeTools = toolEvents(resource, onEvent, audit)
  return {
    upstream: route.upstream
      ? proxiedUpstream(route.upstream, resource.name, authorizationOf)
      : { url: 'https://virtual.invalid/', name: resource.name, era: 'modern' },
    sessions: sealedSessions(vault, resource.url),
    policy: routePolicy(route, guard, ({ tool, change, digest }, mode) =>
      onEvent({
        name: 'tool.not_as_accepted',
        outcome: mode === 'warn' ? 'success' : 'denied',
        resource: resource.url,
        reason: change,
        detail: { tool: tool.slice(0, 128), digest, mode },
      }),
    ),
    requestStates: signedRequestStates(signerFor('request-state'), { route: resource.url, now }),
    tasks: signedTasks(signerFor('task'), {
      route: resource.url,
      upstream: route.upstream?.url ?? resource.url,
    }),
    limits,
    access: standingAccess(server, (subject, since) =>
      isConnected(connections, route.upstream?.connection, { subject, since }),
    ),
    onMessage: (message) => {
      const used = routeUsed(resource, message)
      traces?.event(used)
      observer?.event(used)
      observeTools(message)
    },
    onStreams: observer && ((change) => observer.streams(route.path, change)),
    onAnswered: toolAnswered(resource, onEvent),
    onError,
    now,
  }
}

/** Streams may be many, and each look reads several records: less often than before a request. */
const minimumRecheckSeconds = 30

/** RS-19: whether the grant behind an open stream still lives, and the account at the upstream is the one it began with. */
function standingAccess(
  { context }: AuthorizationServer,
  isConnectedSince: (subject: string, since: number) => Promise<boolean>,
): McpProxyOptions['access'] {
  const { accessTokens, settings } = context
  return {
    everyMs: Math.max(minimumRecheckSeconds, settings.accessToken.recheckSeconds) * 1000,
    holds: async ({ subject, clientId, claims }, since) =>
      (await accessTokens.holds({ subject, clientId, grantId: String(claims?.['grantId']) })) &&
      isConnectedSince(subject, since),
  }
}

const runtimeFetch = (url: string, init: RequestInit): Promise<Response> => fetch(url, init)

/** The same for the same verification, so that what is known of a caller can be kept beside it. */
function rememberedCallers(): (verified: VerifiedAccessToken) => AccessToken {
  const known = new WeakMap<VerifiedAccessToken, AccessToken>()
  return (verified) => {
    const before = known.get(verified)
    if (before) return before
    const { grantId, traceId, account } = verified
    const caller = { ...verified, claims: { grantId, traceId, account } }
    known.set(verified, caller)
    return caller
  }
}
