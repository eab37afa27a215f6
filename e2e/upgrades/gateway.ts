import { createGateway } from '@portico/gateway'
import { logto } from '@portico/logto'
import { createSafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'
import {
  createScriptedBrowser,
  createScriptedIdp,
  createScriptedMcpClient,
  routeByOrigin,
} from '@portico/test-peers'

const publicUrl = 'https://mcp.example.com'
const keys = ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc']

export const routeUrl = `${publicUrl}/mcp/demo`

/** A gateway in this process, with one route and one upstream account that users connect by a key of theirs. */
export function openGateway(storage: Storage, now: () => number) {
  const clock = { now: () => now() * 1000, seconds: now, advance: refuse, set: refuse }
  const idp = createScriptedIdp({
    issuer: 'https://acme.logto.app/oidc',
    endpoints: { authorization: 'https://acme.logto.app/oidc/auth' },
    algorithm: 'ES384',
    clock,
  })
  const outside = routeByOrigin({ 'https://acme.logto.app': idp.fetch })
  const [client] = idp.clients
  const gateway = createGateway({
    publicUrl,
    providers: [
      logto({
        logtoEndpoint: 'https://acme.logto.app',
        clientId: client?.clientId ?? '',
        clientSecret: client?.clientSecret ?? '',
      }),
    ],
    connections: [
      {
        id: 'search',
        displayName: 'Search',
        authMode: 'user-api-key',
        url: 'https://search.example/mcp',
        apiKey: { header: 'x-api-key', prefix: '' },
      },
    ],
    routes: [
      { path: '/mcp/demo', id: 'demo', upstream: { url: 'https://upstream.example/mcp', era: 'modern' } },
    ],
    storage,
    now,
    keys,
    rateLimits: false,
    fetch: createSafeFetch({ fetch: (url, init) => outside(new Request(url, init)) }),
    async upstreamFetch(url, init) {
      const { id } = (await new Request(url, init).json()) as { readonly id?: unknown }
      return Response.json({ jsonrpc: '2.0', id, result: { resultType: 'complete', tools: [] } })
    },
  })
  const fetch = routeByOrigin({ 'https://acme.logto.app': idp.fetch, [publicUrl]: gateway.fetch })
  const browser = createScriptedBrowser({ fetch, clock, stopAt: ['http://127.0.0.1:33418/callback'] })
  return {
    client: createScriptedMcpClient({ fetch, browser, clock }),
    origin: gateway.originFor('mcp.example.com'),
  }
}

function refuse(): never {
  throw new Error('this clock belongs to the gateway')
}
