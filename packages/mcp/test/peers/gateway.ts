import { onTestFinished } from 'vitest'

import {
  type Caller,
  createMcpProxy,
  type McpProxyOptions,
  type Sealer,
  sealedSessions,
  type Upstream,
} from '../../src/index.ts'
import { createNodeMcpProxy } from '../../src/node.ts'
import { serve, serveFetch } from './loopback.ts'

/** A sealer whose text is readable: what it binds is what counts in tests. */
export const readableSealer: Sealer = {
  seal: async (plaintext, context) => btoa(JSON.stringify({ plaintext, context })),
  async open(sealed, context) {
    const read = JSON.parse(atob(sealed)) as { plaintext: string; context: readonly string[] }
    if (JSON.stringify(read.context) !== JSON.stringify(context)) throw new Error('sealed in another context')
    return read.plaintext
  },
}

export const ada: Caller = { subject: 'ada', clientId: 'inspector', scopes: ['mcp:tools'] }

/** Both transports must keep every promise. */
export type TransportName = 'fetch' | 'node'
export const transports: readonly TransportName[] = ['fetch', 'node']

export type GatewayOptions = Partial<McpProxyOptions> & {
  readonly caller?: Partial<Caller>
  /** Default `both`: messages pass through as they are. */
  readonly era?: Upstream['era']
}

/** The proxy behind a guard that believes `Bearer subject client`. */
export async function startGateway(
  transport: TransportName,
  upstreamUrl: string,
  options: GatewayOptions = {},
) {
  const errors: unknown[] = []
  const proxyOptions: McpProxyOptions = {
    upstream: { url: upstreamUrl, name: 'Upstream', era: options.era ?? 'both' },
    sessions: sealedSessions(readableSealer, 'http://gateway.test/mcp'),
    onError: (error) => errors.push(error),
    ...options,
  }
  const callerOf = (authorization: string | null | undefined): Caller => {
    const [, subject = 'ada', clientId = 'inspector'] = authorization?.split(' ') ?? []
    return { ...ada, subject, clientId, ...options.caller }
  }
  const url = await (transport === 'fetch' ? startFetch() : startNode())
  return { url: `${url}/mcp`, errors }

  function startFetch() {
    const proxy = createMcpProxy(proxyOptions)
    return serveFetch((request) => proxy.fetch(request, callerOf(request.headers.get('authorization'))))
  }

  function startNode() {
    const proxy = createNodeMcpProxy(proxyOptions)
    onTestFinished(() => proxy.close())
    return serve((request, response) => {
      void proxy.handle(request, response, callerOf(request.headers.authorization))
    })
  }
}
