import type { Resource } from '@portico/core'
import { type AuthorizeUpstream, createMcpProxy, type Upstream, type VirtualMember } from '@portico/mcp'

import type { GatewayOptions } from './gateway-options.ts'
import type { PrefixedUpstream, UpstreamOptions } from './gateway-route.ts'
import { noSessions } from './no-sessions.ts'

/** How an upstream is authorized; undefined where it wants no credential. */
type AuthorizationOf = (upstream: UpstreamOptions) => AuthorizeUpstream | undefined

/** An upstream as the proxy takes it, with its credential. */
export function proxiedUpstream(
  options: UpstreamOptions,
  name: string,
  authorizationOf: AuthorizationOf,
): Upstream {
  const { url, forwardSearch, era } = options
  const authorize = authorizationOf(options)
  return { url, name, forwardSearch, era, ...(authorize && { authorize }) }
}

/** The upstreams of a virtual server, each behind a proxy with its own credential and era. */
export const virtualMembers = (
  upstreams: readonly PrefixedUpstream[],
  { name }: Resource,
  { limits, onError, upstreamFetch, now }: GatewayOptions,
  authorizationOf: AuthorizationOf,
): readonly VirtualMember[] =>
  upstreams.map((upstream) => ({
    prefix: upstream.prefix,
    proxy: createMcpProxy({
      upstream: proxiedUpstream(upstream, `${name} (${upstream.prefix})`, authorizationOf),
      sessions: noSessions,
      limits,
      onError,
      now,
      fetch: upstreamFetch,
    }),
  }))
