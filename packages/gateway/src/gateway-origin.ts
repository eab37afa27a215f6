import type { Connections } from '@portico/connections'
import { createAuthorizationServer } from '@portico/core'
import type { ApiHandler, AuthorizationServer, AuthorizationServerOptions } from '@portico/core'
import { ConfigError } from '@portico/provider'

import { accountEndpoints } from './account-endpoints.ts'
import { connectEndpoints } from './connect-endpoints.ts'
import type { OriginOptions } from './gateway-options.ts'
import { createMcpEndpoint } from './mcp-endpoint.ts'
import type { McpEndpoint } from './mcp-endpoint.ts'
import { addressOfClient, addressOfProvider, observeFetch } from './observe/observe-fetch.ts'
import type { OriginFetch } from './origin-fetch.ts'
import { routesFor } from './registry-caller.ts'
import { registryEndpoints } from './registry-endpoints.ts'
import type { FlowTraces } from './trace/flow-traces.ts'
import { observedApi } from './trace/observe-discovery.ts'
import { routeRequirements, routesOnProviderTokens, upstreamConnections } from './upstream-connections.ts'

/** Everything that is served under one public URL. */
export interface GatewayOrigin {
  readonly publicUrl: string
  readonly server: AuthorizationServer
  /** The route at a path, with or without a slash at its end (COMPAT-01, COMPAT-24). */
  endpoint(path: string): McpEndpoint | undefined
  /** What answers programs of the authorization server at a path, where a fixed one does. */
  api(path: string): ApiHandler | undefined
  readonly connections: Connections | undefined
  /** Everything else. */
  readonly fetch: OriginFetch
}

/** @throws {ConfigError} naming every wrong option and its remedy */
export function createOrigin(
  options: OriginOptions,
  surroundings: Pick<AuthorizationServerOptions, 'publicUrl' | 'development' | 'fetch' | 'keys'>,
  traces?: FlowTraces,
): GatewayOrigin {
  // The authorization server asks for the connections later on; they need its vault, and are made right after it.
  const server: AuthorizationServer = authorizationServer(options, {
    ...surroundings,
    requirements: (subject, resource) => routeRequirements(options.routes, connections, subject, resource),
  })
  const connections: Connections | undefined = upstreamConnections(options, server)
  const pages = accountEndpoints(
    server,
    connections,
    connectEndpoints(server, connections, options.returnOrigins),
  )
  const registry = registryEndpoints(
    server.issuer,
    options.routes,
    routesFor(server, options.routes),
    options.registry,
  )
  const endpoints = new Map(
    options.routes.flatMap((route) => {
      const resource = server.resources.find(({ path }) => path === route.path)
      return resource
        ? [
            [
              route.path,
              createMcpEndpoint({ route, resource, server, options, connections, traces }),
            ] as const,
          ]
        : []
    }),
  )
  const api = observedApi(server.api, traces)
  return {
    publicUrl: server.issuer,
    server,
    connections,
    api: (path) => api.get(path),
    fetch: (request, path, facts) => registry(request, path, facts) ?? pages(request, path, facts),
    endpoint: (path) =>
      endpoints.get(path) ?? (path.endsWith('/') ? endpoints.get(path.slice(0, -1)) : undefined),
  }
}

function authorizationServer(
  options: OriginOptions,
  surroundings: Pick<
    AuthorizationServerOptions,
    'publicUrl' | 'development' | 'fetch' | 'keys' | 'requirements'
  >,
): AuthorizationServer {
  const {
    admin: _admin,
    allowedOrigins: _allowedOrigins,
    audit: _audit,
    connections: _connections,
    limits: _limits,
    observer,
    metrics: _metrics,
    onError: _onError,
    registry: _registry,
    returnOrigins: _returnOrigins,
    routes,
    traces: _traces,
    upstreamFetch: _upstreamFetch,
    ...settings
  } = options
  try {
    return createAuthorizationServer({
      ...settings,
      ...surroundings,
      ...(observer && {
        wrapFetch: (fetch, to) =>
          observeFetch(
            fetch,
            observer,
            to,
            to === 'client' ? addressOfClient : addressOfProvider(options.providers),
          ),
      }),
      providerTokens: routesOnProviderTokens(options),
      resources: routes.map(({ path, id, name, scopes, defaultScopes, providers, dpopBound }) => ({
        path,
        name: name ?? id,
        scopes,
        defaultScopes,
        providers,
        dpopBound,
      })),
    })
  } catch (error) {
    if (error instanceof ConfigError) throw inGatewayWords(error)
    throw error
  }
}

/** What the authorization server calls its resources are the routes here. */
function inGatewayWords(error: ConfigError): ConfigError {
  const problems = error.problems.map(({ option, ...rest }) => ({
    option: option.replace(/^resources(?=$|\[|\.)/, 'routes'),
    ...rest,
  }))
  return new ConfigError('The gateway', problems, { cause: error })
}
