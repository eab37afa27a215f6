import { createGateway } from '@portico/gateway'
import { logto } from '@portico/logto'
import { createSafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'
import { createScriptedIdp, type Fetch, routeByOrigin } from '@portico/test-peers'

export const publicUrl = 'https://mcp.example.com'
export const routeUrl = `${publicUrl}/mcp/demo`

/** A clock of its own, in Unix seconds. */
export type Now = () => number

/**
 * Gateways in this process, each with its own clock and its own handle on one storage: what no process of another program
 * would let a test change. Requests go to one after the other.
 */
export function createNodes(nodes: readonly { readonly storage: Storage; readonly now: Now }[]): Fetch {
  const idp = createScriptedIdp({
    issuer: 'https://acme.logto.app/oidc',
    endpoints: { authorization: 'https://acme.logto.app/oidc/auth' },
    algorithm: 'ES384',
  })
  const outside = routeByOrigin({ 'https://acme.logto.app': idp.fetch })
  const gateways = nodes.map(({ storage, now }) =>
    createGateway({
      publicUrl,
      providers: [
        logto({
          logtoEndpoint: 'https://acme.logto.app',
          clientId: idp.clients[0]?.clientId ?? '',
          clientSecret: idp.clients[0]?.clientSecret ?? '',
        }),
      ],
      routes: [{ path: '/mcp/demo', id: 'demo', upstream: { url: 'https://upstream.example/mcp' } }],
      storage,
      now,
      keys: ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'],
      fetch: createSafeFetch({ fetch: (url, init) => outside(new Request(url, init)) }),
      upstreamFetch: answerAsUpstream,
      rateLimits: false,
    }),
  )
  let turn = 0
  const next: Fetch = (request) => {
    turn += 1
    return gateways[turn % gateways.length]?.fetch(request) ?? Response.error()
  }
  return routeByOrigin({ 'https://acme.logto.app': idp.fetch, [publicUrl]: next })
}

async function answerAsUpstream(url: string, init: RequestInit): Promise<Response> {
  const { id, method } = (await new Request(url, init).json()) as {
    readonly id?: unknown
    readonly method?: string
  }
  const discovery = {
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: {} },
    serverInfo: { name: 'echo', version: '1.0.0' },
  }
  const result = method === 'server/discover' ? discovery : { tools: [] }
  return Response.json({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...result } })
}
