import { createSafeFetch } from '@portico/safe-fetch'
import { memoryStorage } from '@portico/storage'
import {
  createClock,
  createScriptedBrowser,
  createScriptedIdp,
  createScriptedMcpClient,
  type Fetch,
  routeByOrigin,
} from '@portico/test-peers'

import { createGateway, type GatewayOptions } from '../src/index.ts'
import { acme } from './config-files.ts'

export const publicUrl = 'https://mcp.example.com'
export const demoUrl = `${publicUrl}/mcp/demo`
export const notesUrl = `${publicUrl}/mcp/notes`

const keys = ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc']

interface JsonRpc {
  readonly id?: unknown
  readonly method?: unknown
}

/** How an upstream of the stateless era answers the gateway's question for its era. */
export function discoveryOf({ id, method }: JsonRpc): Response | undefined {
  if (method !== 'server/discover') return undefined
  const result = {
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: {},
    serverInfo: { name: 'upstream', version: '1.0.0' },
  }
  return Response.json({ jsonrpc: '2.0', id, result })
}

/** What an upstream MCP server was sent. */
export interface UpstreamRequest {
  readonly url: string
  readonly headers: Headers
  readonly body: unknown
}

/**
 * A gateway with two routes, its identity provider, its upstream, a browser and a client: all in one process.
 *
 * @param reach how browser and client reach the gateway; default its `fetch`
 * @param others further servers by origin, reached by the browser and by the gateway
 */
export function testGateway(
  options: Partial<GatewayOptions> = {},
  { reach, others = {} }: { readonly reach?: Fetch; readonly others?: Readonly<Record<string, Fetch>> } = {},
) {
  const clock = createClock(1_800_000_000_000)
  const idp = createScriptedIdp({
    issuer: 'https://acme.example',
    endpoints: { authorization: 'https://acme.example/auth' },
    clock,
  })
  const servers = { 'https://acme.example': idp.fetch, ...others }
  const outside = routeByOrigin(servers)
  const upstreamRequests: UpstreamRequest[] = []
  const errors: unknown[] = []
  const clientSecret = idp.clients[0]?.clientSecret ?? ''
  const gateway = createGateway({
    publicUrl,
    providers: [acme({ acmeDomain: 'acme.example', clientId: idp.clients[0]?.clientId ?? '', clientSecret })],
    routes: [
      {
        path: '/mcp/demo',
        id: 'demo-mcp-server',
        name: 'Demo',
        upstream: { url: 'https://upstream.example/mcp', headers: { Authorization: 'Bearer upstream-key' } },
      },
      { path: '/mcp/notes', id: 'notes-mcp-server', upstream: { url: 'https://upstream.example/notes' } },
    ],
    storage: memoryStorage({ now: clock.seconds }),
    keys,
    now: clock.seconds,
    fetch: createSafeFetch({
      fetch: (url, init) => outside(new Request(url, init)),
      development: options.publicUrl === undefined,
    }),
    onError: (error) => errors.push(error),
    upstreamFetch: async (url, init) => {
      const request = new Request(url, init)
      const body = (await request.json()) as JsonRpc
      const discovery = discoveryOf(body)
      if (discovery) return discovery
      upstreamRequests.push({ url, headers: request.headers, body })
      return Response.json({ jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', tools: [] } })
    },
    ...options,
  })
  const fetch = routeByOrigin(servers, reach ?? gateway.fetch)
  const browser = createScriptedBrowser({ fetch, clock, stopAt: ['http://127.0.0.1:33418/callback'] })
  return {
    clock,
    idp,
    gateway,
    browser,
    errors,
    upstreamRequests,
    fetch,
    client: createScriptedMcpClient({ fetch, browser, clock }),
    request: (url: string, init?: RequestInit) => gateway.fetch(new Request(url, init)),
  }
}
