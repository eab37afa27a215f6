import { createGateway, type GatewayOptions, type Observer } from '@portico/gateway'
import { bareOrigin, defineProvider } from '@portico/provider'
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

const publicUrl = 'https://mcp.example.com'
export const demoUrl = `${publicUrl}/mcp/demo`

const clientSecret = 'wJ8vT2nQx5LrB7kYp3ZsHd9M'

const acme = defineProvider({
  id: 'acme',
  name: 'Acme',
  options: { acmeOrigin: bareOrigin('Origin of the tenant.') },
  derive: ({ acmeOrigin }) => ({
    oidc: { issuer: acmeOrigin, jwksUrl: `${acmeOrigin}/jwks` },
    browserLogin: { url: `${acmeOrigin}/auth`, tokenUrl: `${acmeOrigin}/token` },
  }),
})

/** How an upstream of the stateless era answers. */
export function upstreamAnswer({
  id,
  method,
}: {
  readonly id?: unknown
  readonly method?: unknown
}): Response {
  const discovery = {
    supportedVersions: ['2026-07-28'],
    capabilities: {},
    serverInfo: { name: 'up', version: '1' },
  }
  const result = method === 'server/discover' ? discovery : { content: [], tools: [] }
  return Response.json({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...result } })
}

/**
 * A gateway that is watched, with its identity provider, its upstream, a browser and a client: all in one process. Everything
 * that crosses the wire is kept in `seen`.
 *
 * @param reach how browser and client reach the gateway; default its `fetch`
 */
export function watchedGateway(
  observer: Observer | readonly Observer[],
  options: Partial<GatewayOptions> = {},
  reach?: Fetch,
) {
  const clock = createClock(1_800_000_000_000)
  const idp = createScriptedIdp({
    issuer: 'https://acme.example',
    endpoints: { authorization: 'https://acme.example/auth' },
    clients: [{ clientId: 'gateway', clientSecret }],
    clock,
  })
  const outside = routeByOrigin({ 'https://acme.example': idp.fetch })
  const upstreamHeaders: Headers[] = []
  const seen: string[] = []
  const watchWire = async (request: Request, answer: (request: Request) => Response | Promise<Response>) => {
    seen.push(request.url, ...[...request.headers].flat(), await request.clone().text())
    const response = await answer(request)
    seen.push(...[...response.headers].flat(), await response.clone().text())
    return response
  }
  const gateway = createGateway({
    publicUrl,
    providers: [acme({ acmeOrigin: 'https://acme.example', clientId: 'gateway', clientSecret })],
    routes: [
      {
        path: '/mcp/demo',
        id: 'demo',
        upstream: {
          url: 'https://upstream.example/mcp',
          headers: { authorization: 'Bearer upstream-key-2f8Qw' },
        },
      },
    ],
    storage: memoryStorage({ now: clock.seconds }),
    keys: ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'],
    now: clock.seconds,
    fetch: createSafeFetch({ fetch: (url, init) => watchWire(new Request(url, init), outside) }),
    upstreamFetch: async (url, init) => {
      const request = new Request(url, init)
      upstreamHeaders.push(request.headers)
      return watchWire(request, async (sent) => upstreamAnswer((await sent.json()) as object))
    },
    observer,
    ...options,
  })
  const fetch = routeByOrigin(
    { 'https://acme.example': (request) => watchWire(request, idp.fetch) },
    (request) => watchWire(request, reach ?? gateway.fetch),
  )
  const browser = createScriptedBrowser({ fetch, clock, stopAt: ['http://127.0.0.1:33418/callback'] })
  return {
    idp,
    gateway,
    seen,
    upstreamHeaders,
    secrets: () => secretsIn(seen, [clientSecret, 'upstream-key-2f8Qw']),
    client: createScriptedMcpClient({ fetch, browser, clock }),
    request: (path: string, init?: RequestInit) => gateway.fetch(new Request(publicUrl + path, init)),
  }
}

/** Codes, states, tokens, cookies and handles of a flow: everything on the wire that is long and random. */
function secretsIn(seen: readonly string[], known: readonly string[]): readonly string[] {
  const random = /(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}(?![\w-])/g
  return [...new Set([...known, ...seen.flatMap((text) => text.match(random) ?? [])])]
}
