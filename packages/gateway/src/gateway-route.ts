import type { UpstreamEra } from '@portico/mcp'

import type { CapabilityOptions } from './capability-options.ts'

/** Where the requests of one route go. */
export interface UpstreamOptions {
  /** The upstream MCP server's endpoint. */
  readonly url: string
  /** Sent with every request, e.g. a static API key. */
  readonly headers?: Readonly<Record<string, string>>
  /** Id of the upstream connection whose credential is sent; one of `connections`. */
  readonly connection?: string
  /** Append the query of the client's request, without what `url` names itself; default `false`. */
  readonly forwardSearch?: boolean
  /** Which protocol eras it speaks: `modern` (2026-07-28), `legacy` (sessions), `both`; default `auto`, found out. */
  readonly era?: UpstreamEra
}

/** Definitions of tools that somebody has looked at and accepted, by name; `portico pin accept` writes them. */
export type AcceptedTools = Readonly<
  Record<string, { readonly digest: string; readonly definition: Readonly<Record<string, unknown>> }>
>

/** One of several upstreams of a route. */
export interface PrefixedUpstream extends Omit<UpstreamOptions, 'forwardSearch'> {
  /** `linear` makes `linear_create_issue` of a tool and `linear+file:///a` of a resource; lower case, one word. */
  readonly prefix: string
}

/** One public MCP endpoint in front of one upstream MCP server, or of several as one. */
export type GatewayRoute = RouteSettings &
  (
    | { readonly upstream: UpstreamOptions; readonly upstreams?: undefined }
    | { readonly upstream?: undefined; readonly upstreams: readonly PrefixedUpstream[] }
  )

/** What a route has whatever is behind it. */
export interface RouteSettings {
  /** e.g. `/mcp/linear-v1`: together with the public URL what users enter. */
  readonly path: string
  /**
   * Identity of the route in tokens, connections and events: choose it once, renaming it strands both.
   * In OpenAPI files the `operationId`.
   */
  readonly id: string
  /** Shown to users; default the id. */
  readonly name?: string
  /** For people who choose among routes, in the registry: its first 100 characters. */
  readonly description?: string
  /** Descriptions of scopes, for the consent page. */
  readonly scopes?: Readonly<Record<string, string>>
  /** Granted when a client asks for none; default `mcp:tools` where it is one of `scopes`, or the only one. */
  readonly defaultScopes?: readonly string[]
  /** Ids of the providers that may sign users in here; default all. */
  readonly providers?: readonly string[]
  /** Takes and gets only tokens that are bound to a key of the client (RFC 9449); needs `dpop`. Default `false`. */
  readonly dpopBound?: boolean
  /** Who may see and use which tools, prompts and resources; default everybody everything. */
  readonly capabilities?: CapabilityOptions
  /** What `capabilities.pinning` compares the upstream's tools with. */
  readonly acceptedTools?: AcceptedTools
}

/** Everything behind a route. */
export const upstreamsOf = ({ upstream, upstreams }: GatewayRoute): readonly UpstreamOptions[] =>
  upstreams ?? [upstream]
