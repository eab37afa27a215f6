import type { ConfigProblem } from '@portico/provider'

import { nearestName } from './config/nearest-name.ts'
import type { GatewayOptions } from './gateway-options.ts'
import type { GatewayRoute, PrefixedUpstream, UpstreamOptions } from './gateway-route.ts'

type Names<Of> = Readonly<Record<keyof Of, true>>

const gatewayNames = {
  accessToken: true,
  admin: true,
  allowedOrigins: true,
  audit: true,
  backChannelLogout: true,
  basePath: true,
  clients: true,
  codeTtlSeconds: true,
  connections: true,
  development: true,
  deviceAuthorization: true,
  dpop: true,
  dpopNonceTtlSeconds: true,
  fetch: true,
  identityAssertions: true,
  keys: true,
  limits: true,
  metrics: true,
  now: true,
  observer: true,
  onError: true,
  onEvent: true,
  pages: true,
  providers: true,
  publicUrl: true,
  pushedAuthorizationRequests: true,
  randomToken: true,
  rateLimits: true,
  recheckUsersSeconds: true,
  refreshToken: true,
  registration: true,
  registry: true,
  rememberConsentSeconds: true,
  returnOrigins: true,
  routes: true,
  sessionTtlSeconds: true,
  storage: true,
  theme: true,
  traces: true,
  transactionTtlSeconds: true,
  upstreamFetch: true,
} as const satisfies Names<GatewayOptions>

const routeNames = {
  acceptedTools: true,
  capabilities: true,
  defaultScopes: true,
  description: true,
  dpopBound: true,
  id: true,
  name: true,
  path: true,
  providers: true,
  scopes: true,
  upstream: true,
  upstreams: true,
} as const satisfies Names<GatewayRoute>

const prefixedNames = {
  connection: true,
  era: true,
  headers: true,
  prefix: true,
  url: true,
} as const satisfies Names<PrefixedUpstream>

const upstreamNames = {
  connection: true,
  era: true,
  forwardSearch: true,
  headers: true,
  url: true,
} as const satisfies Names<UpstreamOptions>

/** Options that do not exist: a misspelled one would be without effect. */
export function unknownNames(options: GatewayOptions): readonly ConfigProblem[] {
  return [
    ...unknown(options, Object.keys(gatewayNames), ''),
    ...options.routes.flatMap((route, index) => [
      ...unknown(route, Object.keys(routeNames), `routes[${index}].`),
      ...unknown(route.upstream ?? {}, Object.keys(upstreamNames), `routes[${index}].upstream.`),
      ...(route.upstreams ?? []).flatMap((upstream, each) =>
        unknown(upstream, Object.keys(prefixedNames), `routes[${index}].upstreams[${each}].`),
      ),
    ]),
  ]
}

function unknown(value: object, known: readonly string[], before: string): readonly ConfigProblem[] {
  return Object.entries(value)
    .filter(([name, given]) => given !== undefined && !known.includes(name))
    .map(([name]) => {
      const nearest = nearestName(name, known)
      return {
        option: `${before}${name}`,
        problem: 'is an unknown option',
        remedy: nearest === undefined ? `Known options: ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
      }
    })
}
