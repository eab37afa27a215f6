import type { NodeMcpProxy } from '@portico/mcp/node'
import type { Dispatcher } from 'undici'

import type { McpEndpoint } from '../mcp-endpoint.ts'
import type { AnyObserver } from '../observe/combine-observers.ts'
import { observeDispatcher } from './observe-dispatcher.ts'

/**
 * How requests reach the upstreams on Node. The proxy and undici, a fifth of all that a gateway reads, are loaded by the
 * first request to an MCP route from anybody, so that the start does not wait for them.
 */
export interface NodeUpstreams {
  /** The proxy of a route, if a request has loaded it. */
  loaded(endpoint: McpEndpoint): NodeMcpProxy | undefined
  /** Loads it. `proxyOptions` are those of the endpoint. */
  load(endpoint: McpEndpoint, proxyOptions: NonNullable<McpEndpoint['proxyOptions']>): Promise<NodeMcpProxy>
  /** Closes connections, unless somebody else brought them. */
  close(): Promise<void>
}

/** @param given connections to the upstreams; default a pool of its own */
export function createNodeUpstreams(
  given: Dispatcher | undefined,
  observer: AnyObserver | undefined,
): NodeUpstreams {
  const proxies = new WeakMap<McpEndpoint, NodeMcpProxy>()
  let own: Dispatcher | undefined
  return {
    loaded: (endpoint) => proxies.get(endpoint),
    async load(endpoint, proxyOptions) {
      const [{ Agent }, { createNodeMcpProxy }] = await Promise.all([
        import('undici'),
        import('@portico/mcp/node'),
      ])
      // Of several first requests, one creates what all use.
      const known = proxies.get(endpoint)
      if (known) return known
      const dispatcher = given ?? (own ??= new Agent({ headersTimeout: 0, bodyTimeout: 0, allowH2: false }))
      const created = createNodeMcpProxy({
        ...proxyOptions,
        dispatcher: observer ? observeDispatcher(dispatcher, observer, endpoint.route.path) : dispatcher,
      })
      proxies.set(endpoint, created)
      return created
    },
    async close() {
      await own?.destroy()
    },
  }
}
