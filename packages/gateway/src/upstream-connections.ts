import {
  type ConnectDemand,
  type Connections,
  createConnections,
  type Credential,
} from '@portico/connections'
import type { AuthorizationServer, Requirement, Resource } from '@portico/core'
import type { AuthorizeUpstream, Caller, UpstreamCredential } from '@portico/mcp'
import { ConfigError, type ConfigProblem } from '@portico/provider'

import type { GatewayOptions } from './gateway-options.ts'
import { upstreamsOf } from './gateway-route.ts'
import type { GatewayRoute, UpstreamOptions } from './gateway-route.ts'

/** The vault of one origin, or undefined where no upstream needs one. */
export function upstreamConnections(
  { connections = [], onEvent, now }: GatewayOptions,
  { context, issuer }: AuthorizationServer,
): Connections | undefined {
  const problems = connections.flatMap(({ authMode }, index): ConfigProblem[] =>
    authMode === 'id-jag' || authMode === 'token-exchange'
      ? [
          {
            option: `connections[${index}].authMode`,
            problem: `"${authMode}" needs the user's tokens of the identity provider, which the gateway does not keep`,
            remedy: 'Use "user-oauth", or createConnections of @portico/connections with a subjectToken.',
          },
        ]
      : [],
  )
  if (problems.length > 0) throw new ConfigError('The gateway', problems)
  if (connections.length === 0) return undefined
  const { storage, vault, fetch, settings, randomToken } = context
  return createConnections({
    publicUrl: issuer,
    storage,
    sealer: vault,
    mac: (text) => vault.mac('connect-link', text),
    fetch,
    upstreams: connections,
    clientName: settings.theme.name,
    development: settings.development,
    now,
    randomToken,
    onEvent: ({ upstream, ...event }) => onEvent?.({ ...event, detail: { upstream } }),
  })
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

/** The credential of an upstream: static headers, the caller's connection, or both. */
export function upstreamAuthorization(
  { headers, connection }: UpstreamOptions,
  connections: Connections | undefined,
  onConnectRequired: (caller: Caller, state: string) => void,
): AuthorizeUpstream | undefined {
  if (connection === undefined || !connections) {
    return headers && (() => Promise.resolve({ headers }))
  }
  const withStatic = (
    caller: Caller,
    outcome: Credential | ConnectDemand,
  ): UpstreamCredential | ConnectDemand => {
    if ('connectUrl' in outcome) {
      onConnectRequired(caller, outcome.state)
      return outcome
    }
    const { refresh } = outcome
    return {
      headers: { ...headers, ...outcome.headers },
      ...(refresh && {
        async refresh(challenge) {
          const next = await refresh(challenge)
          return next && withStatic(caller, next)
        },
      }),
    }
  }
  return async ({ caller }) => withStatic(caller, await connections.authorize(connection, caller.subject))
}
