import { createGateway } from '@portico/gateway'
import { oidc } from '@portico/oidc'
import { memoryStorage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { diagnosePublicUrl } from '../src/doctor/diagnose-public-url.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { playClient } from '../src/doctor/play-client.ts'
import { playedClients } from '../src/doctor/played-clients.generated.ts'
import type { RunningGateway } from '../src/doctor/running-gateway.ts'

const publicUrl = 'https://mcp.example.com'
const route = '/mcp/demo'
const metadata = `/.well-known/oauth-authorization-server${route}`

/** What stands between the outside and the gateway: answers itself, or changes what the gateway answers. */
type Proxy = (request: Request, pass: (request: Request) => Promise<Response>) => Response | Promise<Response>

const documents = new Map(
  playedClients.flatMap(({ registrations }) =>
    registrations.flatMap((each) =>
      each.by === 'document'
        ? [
            [
              each.clientId,
              { client_id: each.clientId, client_name: 'Client', redirect_uris: each.redirectUris },
            ],
          ]
        : [],
    ),
  ),
)

function gatewayBehind(
  proxy: Proxy,
  { registration, publishesDocuments = true }: { registration?: object; publishesDocuments?: boolean } = {},
): RunningGateway {
  const provider = oidc.create({
    oidc: { issuer: 'https://idp.example', jwksUrl: 'https://idp.example/jwks' },
    browserLogin: { url: 'https://idp.example/authorize', tokenUrl: 'https://idp.example/token' },
    clientId: 'portico',
    clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M',
  })
  if ('resolve' in provider) throw new Error('the endpoints are stated')
  const { fetch } = createGateway({
    publicUrl,
    providers: [provider],
    routes: [{ path: route, id: 'demo', upstream: { url: 'https://upstream.example/mcp' } }],
    storage: memoryStorage(),
    keys: ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'],
    ...(registration && { registration }),
    fetch: (url) => {
      const document = publishesDocuments ? documents.get(String(url)) : undefined
      return Promise.resolve(document ? Response.json(document) : new Response(null, { status: 404 }))
    },
  })
  return {
    publicUrl,
    routes: [route],
    requestBytes: 2_000_000,
    trustedProxies: [],
    fetch: (url) => fetch(new Request(url)),
    open: async (url, init) => proxy(new Request(url, { ...init, redirect: 'manual' }), fetch),
  }
}

const passes: Proxy = (request, pass) => pass(request)
const page = (status = 200) =>
  new Response('<h1>Welcome</h1>', { status, headers: { 'content-type': 'text/html' } })
const refuses =
  (code: string): Proxy =>
  () =>
    Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }))
const at =
  (path: string, answer: (passed: Response) => Response | Promise<Response>): Proxy =>
  async (request, pass) => {
    const passed = await pass(request)
    return new URL(request.url).pathname === path ? answer(passed) : passed
  }
const withHeader =
  (name: string, value: string | undefined) =>
  (passed: Response): Response => {
    const headers = new Headers(passed.headers)
    if (value === undefined) headers.delete(name)
    else headers.set(name, value)
    return new Response(passed.body, { status: passed.status, headers })
  }
const naming = (member: string, value: string) => async (passed: Response) =>
  Response.json({ ...((await passed.json()) as object), [member]: value }, { headers: passed.headers })
const wrongOf = (findings: readonly Finding[]) => findings.filter(({ status }) => status !== 'ok')

describe('the public URL', () => {
  it('has nothing wrong where the proxy only passes on', async () => {
    const findings = await diagnosePublicUrl(gatewayBehind(passes))
    expect(wrongOf(findings)).toEqual([])
    expect(new Set(findings.map(({ check }) => check))).toEqual(
      new Set([
        'reachable',
        'server_metadata',
        'resource_metadata',
        'cors',
        'challenge',
        'body_limit',
        'streaming',
        'proxy_headers',
      ]),
    )
  })

  it.each<[fault: string, proxy: Proxy, check: Finding['check'], message: RegExp, remedy: RegExp]>([
    [
      'nothing listens',
      refuses('ECONNREFUSED'),
      'reachable',
      /ECONNREFUSED/,
      /Start the gateway and the proxy/,
    ],
    ['the name is unknown', refuses('ENOTFOUND'), 'reachable', /does not resolve/, /DNS/],
    [
      'the certificate has expired',
      refuses('CERT_HAS_EXPIRED'),
      'reachable',
      /CERT_HAS_EXPIRED/,
      /valid certificate for mcp\.example\.com/,
    ],
    [
      'everything is redirected',
      () => new Response(null, { status: 301, headers: { location: 'https://www.example.com/' } }),
      'reachable',
      /redirects to https:\/\/www\.example\.com\//,
      /PORTICO_PUBLIC_URL/,
    ],
    ['the gateway is down behind the proxy', () => page(502), 'reachable', /502/, /PORTICO_PORT/],
    ['another site answers', () => page(), 'reachable', /not the gateway/, /forward all paths/],
    [
      'the metadata at the root is shadowed',
      at('/.well-known/oauth-authorization-server', () => page(404)),
      'server_metadata',
      /oauth-authorization-server answers 404 with text\/html/,
      /forward all of \/\.well-known\//,
    ],
    [
      'the path-inserted metadata is shadowed',
      at(metadata, () => page()),
      'server_metadata',
      /oauth-authorization-server\/mcp\/demo answers 200 with text\/html/,
      /forward all of \/\.well-known\//,
    ],
    [
      'the metadata of the resource is shadowed',
      at(`/.well-known/oauth-protected-resource${route}`, () => page(404)),
      'resource_metadata',
      /something else answers this path/,
      /oauth-protected-resource\/mcp\/demo/,
    ],
    [
      'the gateway believes it is on http',
      at(metadata, naming('issuer', 'http://mcp.example.com/mcp/demo')),
      'server_metadata',
      /the scheme differs/,
      /same PORTICO_PUBLIC_URL/,
    ],
    [
      'the gateway has another public URL',
      at(metadata, naming('issuer', 'https://internal.example/mcp/demo')),
      'server_metadata',
      /https:\/\/internal\.example\/mcp\/demo.*they differ from character/,
      /same PORTICO_PUBLIC_URL/,
    ],
    [
      'the proxy changes the Host',
      at(metadata, () => Response.json({ error: 'forbidden' }, { status: 403 })),
      'server_metadata',
      /another host name/,
      /keep the Host header/,
    ],
    [
      'CORS headers are stripped',
      at(metadata, withHeader('access-control-allow-origin', undefined)),
      'cors',
      /no Access-Control-Allow-Origin/,
      /forward the header/,
    ],
    [
      'WWW-Authenticate is stripped',
      at(route, withHeader('www-authenticate', undefined)),
      'challenge',
      /without WWW-Authenticate/,
      /proxy_hide_header/,
    ],
    [
      'WWW-Authenticate is rewritten',
      at(route, withHeader('www-authenticate', 'Basic realm="staff"')),
      'challenge',
      /Basic realm/,
      /basic authentication/,
    ],
    [
      'a sign-in stands before the route',
      at(route, () => page()),
      'challenge',
      /answers 200/,
      /its own sign-in/,
    ],
    [
      'large requests are refused',
      async (request, pass) =>
        (await request.clone().text()).length > 1_048_576 ? page(413) : pass(request),
      'body_limit',
      /413/,
      /client_max_body_size/,
    ],
    [
      'events are held back',
      at('/healthz', async (passed) => {
        const { status, headers } = passed
        return new Response(await passed.text(), { status, headers })
      }),
      'streaming',
      /buffers/,
      /proxy_buffering off/,
    ],
    [
      'the proxy is not trusted',
      at('/healthz', withHeader('via', '1.1 edge')),
      'proxy_headers',
      /1\.1 edge/,
      /PORTICO_TRUSTED_PROXIES/,
    ],
  ])('is found out when %s', async (_fault, proxy, check, message, remedy) => {
    const wrong = wrongOf(await diagnosePublicUrl(gatewayBehind(proxy)))
    expect(wrong).toEqual([
      {
        check,
        status: check === 'proxy_headers' ? 'warning' : 'problem',
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      },
    ])
  })

  it('is no fault where a gateway of this machine has not been started', async () => {
    const gateway = { ...gatewayBehind(refuses('ECONNREFUSED')), publicUrl: 'http://localhost:9000' }
    expect(await diagnosePublicUrl(gateway)).toEqual([
      { check: 'reachable', status: 'skipped', message: expect.stringContaining('portico serve') },
    ])
  })
})

describe('clients', () => {
  it.each(playedClients.map((client) => [client.name, client] as const))(
    'COMPAT %s reaches the sign-in, by every way that it knows',
    async (_name, client) => {
      expect(await playClient(gatewayBehind(passes), route, client)).toMatchObject({ status: 'ok' })
    },
  )

  const [cursor, claudeCode] = ['Cursor', 'Claude Code'].map((name) =>
    playedClients.find((client) => client.name === name),
  )
  if (!cursor || !claudeCode) throw new Error('two clients are known by their names')

  it('cannot connect where nothing registers them, and it is said how they could', async () => {
    const closed = gatewayBehind(passes, { registration: { dynamic: false } })
    expect(await playClient(closed, route, cursor)).toMatchObject({
      status: 'problem',
      message: expect.stringContaining('the gateway does not register clients'),
      remedy: expect.stringContaining('"clients"'),
    })
  })

  it('are in doubt where their document cannot be fetched', async () => {
    const offline = gatewayBehind(passes, { publishesDocuments: false })
    expect(await playClient(offline, route, claudeCode)).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('reaches the sign-in by registration, but not by document'),
      remedy: expect.stringContaining('firewall'),
    })
  })
})
