import type { Connections } from '@portico/connections'
import type { AuthorizationServer, Resource } from '@portico/core'
import { createMcpProxy, sealedSessions, signedRequestStates } from '@portico/mcp'
import type { McpProxyOptions } from '@portico/mcp'
import { createResourceServer, toResponse } from '@portico/resource-server'
import type { AccessToken, Refusal, ResourceServer } from '@portico/resource-server'

import type { GatewayOptions } from './gateway-options.ts'
import type { GatewayRoute } from './gateway-route.ts'
import { routePolicy } from './route-capabilities.ts'
import { upstreamAuthorization } from './upstream-connections.ts'

/** One MCP route at one origin: its guard, and what is behind it. */
export interface McpEndpoint {
  readonly route: GatewayRoute
  readonly resource: Resource
  /** Origin, preflight, authentication. */
  readonly guard: ResourceServer
  /** What the token lacks for this route at all, as the answer that ends the request. */
  readonly authorize: (token: AccessToken) => Refusal | undefined
  /** For transports that build a proxy of their own. */
  readonly proxyOptions: McpProxyOptions
  readonly fetch: (request: Request) => Promise<Response>
}

/** @throws {TypeError} when an option is wrong */
export function createMcpEndpoint(
  route: GatewayRoute,
  resource: Resource,
  server: AuthorizationServer,
  { allowedOrigins, limits, onError, onEvent, upstreamFetch, now }: GatewayOptions,
  connections?: Connections,
): McpEndpoint {
  const guard = createResourceServer({
    resource: resource.url,
    authorizationServer: resource.issuer,
    name: resource.name,
    scopes: resource.defaultScopes,
    allowedOrigins,
    onError,
    async verify(token, url) {
      const verified = await server.verifyAccessToken(token, url)
      return verified && { ...verified, claims: { grantId: verified.grantId, account: verified.account } }
    },
  })
  const { url, forwardSearch, era } = route.upstream
  const { vault } = server.context
  const authorizeUpstream = upstreamAuthorization(route, connections)
  const proxyOptions: McpProxyOptions = {
    upstream: {
      url,
      name: resource.name,
      forwardSearch,
      era,
      ...(authorizeUpstream && { authorize: authorizeUpstream }),
    },
    sessions: sealedSessions(vault, resource.url),
    policy: routePolicy(route, guard, ({ tool, change, digest }, mode) =>
      onEvent?.({
        name: 'tool.not_as_accepted',
        outcome: mode === 'warn' ? 'success' : 'denied',
        resource: resource.url,
        reason: change,
        detail: { tool, digest, mode },
      }),
    ),
    requestStates: signedRequestStates(
      {
        mac: (text) => vault.mac('request-state', text),
        verifyMac: (text, mac) => vault.verifyMac('request-state', text, mac),
      },
      { route: resource.url, now },
    ),
    limits,
    onError,
    now,
  }
  const proxy = createMcpProxy({ ...proxyOptions, fetch: upstreamFetch })
  const authorize = ({ scopes }: AccessToken) =>
    scopes.some((scope) => resource.scopes.has(scope))
      ? undefined
      : guard.insufficientScope(resource.defaultScopes)

  return {
    route,
    resource,
    guard,
    authorize,
    proxyOptions,
    fetch: guard.protect((request, token) => {
      const refusal = authorize(token)
      return refusal ? toResponse(refusal) : proxy.fetch(request, token)
    }),
  }
}
