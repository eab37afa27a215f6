import {
  type ConnectDemand,
  type Connections,
  createConnections,
  type Credential,
} from '@portico/connections'
import type { AuthorizationServer, Requirement, Resource } from '@portico/core'
import type { AuthorizeUpstream, UpstreamCall, UpstreamCredential } from '@portico/mcp'
import { ConfigError, type ConfigProblem } from '@portico/provider'

import { createConnectionFetch } from './connection-fetch.ts'
import type { GatewayOptions, OriginOptions } from './gateway-options.ts'
import { upstreamsOf } from './gateway-route.ts'
import type { GatewayRoute, UpstreamOptions } from './gateway-route.ts'
import { addressOfConnection, observeFetch } from './observe/observe-fetch.ts'

/** The vault of one origin, or undefined where no upstream needs one. */
export function upstreamConnections(
  { connections = [], observer, onEvent, now, fetch: own }: OriginOptions,
  { context, issuer, providerToken }: AuthorizationServer,
): Connections | undefined {
  if (connections.length === 0) return undefined
  const { storage, vault, settings, randomToken } = context
  const fetch = own ?? createConnectionFetch(connections, settings)
  return createConnections({
    publicUrl: issuer,
    storage,
    sealer: vault,
    mac: (text) => vault.mac('connect-link', text),
    fetch: observer ? observeFetch(fetch, observer, 'connection', addressOfConnection) : fetch,
    upstreams: connections,
    subjectToken: providerToken,
    clientName: settings.theme.name,
    development: settings.development,
    now,
    randomToken,
    onEvent: ({ upstream, ...event }) => onEvent?.({ ...event, detail: { upstream } }),
  })
}

/**
 * Paths of the routes whose upstreams are reached by the user's own tokens of the identity provider: only where there is
 * one, such tokens are kept.
 *
 * @throws {ConfigError} for a route at which somebody may sign in whose provider has no ID tokens
 */
export function routesOnProviderTokens({
  connections = [],
  routes,
  providers,
}: Pick<GatewayOptions, 'connections' | 'routes' | 'providers'>): readonly string[] {
  const problems: ConfigProblem[] = []
  const paths: string[] = []
  for (const [index, upstream] of connections.entries()) {
    if (upstream.authMode !== 'id-jag' && upstream.authMode !== 'token-exchange') continue
    const own = routes.filter((route) =>
      upstreamsOf(route).some(({ connection }) => connection === upstream.id),
    )
    paths.push(...own.map(({ path }) => path))
    const needsIdToken =
      upstream.authMode === 'id-jag' || upstream.tokenExchange.subjectTokenType !== 'access_token'
    for (const { name } of providers.filter(
      ({ id, kind }) => kind !== 'oidc' && own.some((route) => route.providers?.includes(id) ?? true),
    )) {
      if (!needsIdToken) continue
      problems.push({
        option: `connections[${index}].authMode`,
        problem: `"${upstream.authMode}" exchanges ID tokens, and ${name} issues none`,
        remedy: 'Let only OpenID providers sign in to its routes ("providers"), or use "user-oauth".',
      })
    }
  }
  if (problems.length > 0) throw new ConfigError('The gateway', problems)
  return paths
}

/** What a route needs connected before it is of use, for the consent page. */
export async function routeRequirements(
  routes: readonly GatewayRoute[],
  connections: Connections | undefined,
  subject: string,
  resource: Resource,
): Promise<readonly Requirement[]> {
  const route = routes.find(({ path }) => path === resource.path)
  const needed = route && upstreamsOf(route).flatMap(({ connection }) => connection ?? [])
  if (needed === undefined || needed.length === 0 || !connections) return []
  const states = await connections.states(subject, [...new Set(needed)])
  return states
    .filter(({ shared, status }) => !shared && status !== 'automatic')
    .map(({ upstream, displayName, summary, status }) => ({
      id: upstream,
      displayName,
      ...(summary !== undefined && { summary }),
      connected: status === 'connected',
      connectUrl: connections.connectPath(upstream, subject),
    }))
}

/** Whether the caller's account at an upstream is still connected, and was not connected anew since; true where there is none. */
export async function isConnected(
  connections: Connections | undefined,
  id: string | undefined,
  { subject, since }: { readonly subject: string; readonly since: number },
): Promise<boolean> {
  if (id === undefined || !connections) return true
  const states = await connections.states(subject, [id])
  return states.every(
    ({ status, connectedAt = 0 }) =>
      status === 'automatic' || (status === 'connected' && connectedAt <= since),
  )
}

/** The credential of an upstream: static headers, the caller's connection, or both. */
export function upstreamAuthorization(
  { headers, connection }: UpstreamOptions,
  connections: Connections | undefined,
  onConnectRequired: (call: UpstreamCall, state: string) => void,
): AuthorizeUpstream | undefined {
  if (connection === undefined || !connections) {
    return headers && (() => ({ headers }))
  }
  const mode = connections.upstreams.get(connection)?.authMode
  const isPersonal = mode !== undefined && mode !== 'shared-oauth'
  const withStatic = (
    call: UpstreamCall,
    outcome: Credential | ConnectDemand,
  ): UpstreamCredential | ConnectDemand => {
    if ('connectUrl' in outcome) {
      onConnectRequired(call, outcome.state)
      return outcome
    }
    const { account, refresh } = outcome
    return {
      headers: { ...headers, ...outcome.headers },
      account,
      isPersonal,
      ...(refresh && {
        async refresh(challenge) {
          const next = await refresh(challenge)
          return next && withStatic(call, next)
        },
      }),
    }
  }
  return async (call) => withStatic(call, await connections.authorize(connection, call.caller.subject))
}
