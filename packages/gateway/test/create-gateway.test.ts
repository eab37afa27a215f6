import { createHash } from 'node:crypto'

import { ConfigError } from '@portico/provider'
import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { createGateway, type GatewayOptions } from '../src/index.ts'
import { acme } from './config-files.ts'
import { demoUrl, notesUrl, publicUrl, testGateway } from './test-gateway.ts'

const post = (headers: Readonly<Record<string, string>> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
  body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}',
})

/** A session-era request that is none: a method of another type. */
const malformed = '{"jsonrpc":"2.0","id":1,"method":7}'

describe('a route', () => {
  it('R001 R049 connects a client through the identity provider to the upstream', async () => {
    const { client, upstreamRequests } = testGateway()
    const connection = await client.connect(demoUrl)
    const { status, result } = await connection.call('tools/list')
    expect({ status, result }).toMatchObject({ status: 200, result: { tools: [] } })
    expect(upstreamRequests).toMatchObject([
      { url: 'https://upstream.example/mcp', body: { method: 'tools/list' } },
    ])
  })

  it('R126 R157 sends the upstream its static headers and nothing of the client', async () => {
    const { client, upstreamRequests } = testGateway()
    const connection = await client.connect(demoUrl)
    await connection.call('tools/list', {}, { headers: { cookie: 'a=b', 'x-forwarded-for': '192.0.2.1' } })
    const [{ headers }] = upstreamRequests as [(typeof upstreamRequests)[0]]
    expect(headers.get('authorization')).toBe('Bearer upstream-key')
    expect([...headers.keys()]).not.toContain('cookie')
    expect([...headers.keys()]).not.toContain('x-forwarded-for')
    expect([...headers.values()].join()).not.toContain(connection.tokens.accessToken)
  })

  it('R123 forwards the query where the route says so', async () => {
    const upstream = { url: 'https://upstream.example/mcp?v=1', forwardSearch: true }
    const { client, request, upstreamRequests } = testGateway({
      routes: [{ path: '/mcp/demo', id: 'demo', upstream }],
    })
    const { tokens } = await client.connect(demoUrl)
    await request(`${demoUrl}?a=b&v=2`, post({ authorization: `Bearer ${tokens.accessToken}` }))
    expect(upstreamRequests[0]?.url).toBe('https://upstream.example/mcp?v=1&a=b')
  })

  it('sends an upstream without static headers no credentials', async () => {
    const { client, upstreamRequests } = testGateway()
    const connection = await client.connect(notesUrl)
    await connection.call('tools/list')
    expect(upstreamRequests[0]?.headers.get('authorization')).toBeNull()
  })

  it('R033 RS-14 challenges with its own metadata and scope, and asks the upstream nothing', async () => {
    const { request, upstreamRequests } = testGateway()
    const response = await request(notesUrl, post())
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/mcp/notes", scope="mcp:tools"`,
    )
    expect(upstreamRequests).toEqual([])
  })

  it('R026 R027 has metadata that name it, its id where it has no name, and its issuer', async () => {
    const { request } = testGateway()
    const read = async (path: string) =>
      (await request(`${publicUrl}/.well-known/oauth-protected-resource${path}`)).json()
    expect(await read('/mcp/demo')).toEqual({
      resource: demoUrl,
      resource_name: 'Demo',
      authorization_servers: [demoUrl],
      scopes_supported: ['mcp:tools'],
      bearer_methods_supported: ['header'],
    })
    expect(await read('/mcp/notes')).toMatchObject({ resource_name: 'notes-mcp-server' })
  })

  it('R089 refuses the token of another route', async () => {
    const { client, request } = testGateway()
    const { tokens } = await client.connect(demoUrl)
    const authorization = `Bearer ${tokens.accessToken}`
    expect((await request(demoUrl, post({ authorization }))).status).toBe(200)
    const refused = await request(notesUrl, post({ authorization }))
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  it('RS-09 RS-14 judges origin, token and request in this order, and contacts the upstream after all of them', async () => {
    const { client, request, upstreamRequests } = testGateway()
    const { tokens } = await client.connect(demoUrl)
    const good = { authorization: `Bearer ${tokens.accessToken}` }
    const foreign = { origin: 'https://evil.example' }
    const statusOf = async (headers: Readonly<Record<string, string>>, body = post().body) =>
      (await request(demoUrl, { ...post(headers), body })).status

    expect(await statusOf({ ...foreign, authorization: 'Bearer bad' }, malformed)).toBe(403)
    expect(await statusOf({ authorization: 'Bearer bad' }, malformed)).toBe(401)
    expect(await statusOf({}, malformed)).toBe(401)
    expect(await statusOf(good, malformed)).toBe(400)
    expect(upstreamRequests).toEqual([])
    expect(await statusOf(good)).toBe(200)
    expect(upstreamRequests).toHaveLength(1)
  })

  it('COMPAT-01 COMPAT-24 answers with a slash at the end too, for the same token, and redirects nothing', async () => {
    const { client, request } = testGateway()
    const { tokens } = await client.connect(demoUrl)
    const authorization = `Bearer ${tokens.accessToken}`
    expect((await request(`${demoUrl}/`, post({ authorization }))).status).toBe(200)
    const challenge = await request(`${demoUrl}/`, post())
    expect(challenge.status).toBe(401)
    expect(challenge.headers.get('www-authenticate')).toContain('/mcp/demo"')
  })

  it('RS-18 answers 404 below it and beside it, as JSON', async () => {
    const { request } = testGateway()
    for (const path of ['/mcp/demo/x', '/mcp/demo//', '/mcp/other', '/mcp', '/']) {
      const response = await request(publicUrl + path, post())
      expect([path, response.status]).toEqual([path, 404])
      expect(response.headers.get('content-type')).toContain('application/json')
    }
  })

  it('TR-03 refuses a foreign origin, and accepts its own and those it is told of', async () => {
    const { request } = testGateway({ allowedOrigins: ['https://inspector.example'] })
    const statusFor = async (origin: string) => (await request(demoUrl, post({ origin }))).status
    expect(await statusFor('https://evil.example')).toBe(403)
    expect(await statusFor('https://inspector.example')).toBe(401)
    expect(await statusFor(publicUrl)).toBe(401)
  })

  it('R095 refuses a token whose grant was revoked', async () => {
    const { client, clock, request } = testGateway()
    const connection = await client.connect(demoUrl)
    const authorization = `Bearer ${connection.tokens.accessToken}`
    expect((await request(demoUrl, post({ authorization }))).status).toBe(200)
    await client.steps.revoke(connection.server, connection.client, connection.tokens.refreshToken ?? '')
    clock.advance(60)
    expect((await request(demoUrl, post({ authorization }))).status).toBe(401)
  })

  it('answers 503, and lets nobody in, while the storage is away', async () => {
    const storage = memoryStorage()
    let isAway = false
    const failing = {
      ...storage,
      get: (...key: Parameters<typeof storage.get>) =>
        isAway ? Promise.reject(new StorageUnavailableError('away')) : storage.get(...key),
    }
    const { client, clock, request, errors } = testGateway({ storage: failing })
    const { tokens } = await client.connect(demoUrl)
    isAway = true
    clock.advance(60)
    const response = await request(demoUrl, post({ authorization: `Bearer ${tokens.accessToken}` }))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).not.toBeNull()
    expect(errors).toEqual([expect.any(StorageUnavailableError)])
  })
})

describe('the public URL', () => {
  const metadataOf = async ({ request }: ReturnType<typeof testGateway>, url: string, headers = {}) =>
    (await request(`${url}/.well-known/oauth-protected-resource/mcp/demo`, { headers })).json() as Promise<{
      resource: string
    }>

  it.each(['host', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'])(
    'AS-03 never follows the %s header',
    async (name) => {
      const value = name === 'forwarded' ? 'host=evil.example;proto=http' : 'evil.example'
      const gateway = testGateway()
      expect(await metadataOf(gateway, publicUrl, { [name]: value })).toMatchObject({ resource: demoUrl })
      const response = await gateway.request(demoUrl, post({ [name]: value }))
      expect(response.headers.get('www-authenticate')).toContain(`"${publicUrl}/`)
    },
  )

  it.each(['http://localhost:9000', 'http://127.0.0.1:9000', 'http://[::1]:9000', 'http://localhost:4711'])(
    'unlike R116 may be %s when none is configured, and is what the client entered',
    async (url) => {
      const gateway = testGateway({ publicUrl: undefined })
      expect(await metadataOf(gateway, url)).toMatchObject({ resource: `${url}/mcp/demo` })
      const connection = await gateway.client.connect(`${url}/mcp/demo`)
      expect((await connection.call('tools/list')).status).toBe(200)
    },
  )

  it('binds a token to the name of this machine that it was issued under', async () => {
    const gateway = testGateway({ publicUrl: undefined })
    const { tokens } = await gateway.client.connect('http://localhost:9000/mcp/demo')
    const init = post({ authorization: `Bearer ${tokens.accessToken}` })
    expect((await gateway.request('http://localhost:9000/mcp/demo', init)).status).toBe(200)
    expect((await gateway.request('http://127.0.0.1:9000/mcp/demo', init)).status).toBe(401)
  })

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    'localhost.',
    '10.0.0.1',
  ])('refuses Host: %s on loopback, against DNS rebinding', async (host) => {
    const path = '/.well-known/oauth-authorization-server'
    for (const publicUrl of [undefined, 'http://localhost:9000']) {
      const { request } = testGateway({ publicUrl, development: true })
      expect((await request(`http://localhost:9000${path}`, { headers: { host } })).status).toBe(403)
      expect((await request(`http://localhost:9000${path}`)).status).toBe(200)
    }
  })

  it('keeps working for a name after many others were used', async () => {
    const gateway = testGateway({ publicUrl: undefined })
    const connection = await gateway.client.connect('http://localhost:9000/mcp/demo')
    for (let port = 1; port <= 40; port += 1) await gateway.request(`http://localhost:${port}/mcp/demo`)
    expect((await connection.call('tools/list')).status).toBe(200)
    expect((await connection.refresh()).accessToken).not.toBe('')
  })
})

describe('operations', () => {
  it('answers /healthz while the process lives, whatever it is called', async () => {
    const { request } = testGateway({ publicUrl: undefined })
    const response = await request('http://10.0.0.7:9000/healthz')
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })

  it('answers /readyz while the storage does, until it closes', async () => {
    const { request, gateway } = testGateway()
    expect((await request(`${publicUrl}/readyz`)).status).toBe(200)
    await gateway.close()
    expect((await request(`${publicUrl}/readyz`)).status).toBe(503)
    expect((await request(demoUrl, post())).status).toBe(401)
  })

  it('answers /readyz with 503 when the storage is away', async () => {
    const away = () => Promise.reject(new StorageUnavailableError('away'))
    const { request } = testGateway({ storage: { ...memoryStorage(), get: away } })
    const response = await request(`${publicUrl}/readyz`)
    expect([response.status, await response.json()]).toEqual([503, { status: 'storage unavailable' }])
  })

  it('SEC-20 answers /readyz with 503 when a key is missing that the signing key is sealed under', async () => {
    const storage = memoryStorage()
    const [older, newer] = ['a', 'b'].map((seed) =>
      createHash('sha256').update(`key ${seed}`).digest('base64url'),
    )
    const readyWith = async (...keys: readonly string[]) => {
      const { request } = testGateway({ storage, keys })
      const response = await request(`${publicUrl}/readyz`)
      return [response.status, await response.json()]
    }
    expect(await readyWith(older ?? '')).toEqual([200, { status: 'ready' }])
    expect(await readyWith(newer ?? '')).toEqual([503, { status: 'keys unavailable' }])
    expect(await readyWith(newer ?? '', older ?? '')).toEqual([200, { status: 'ready' }])
    // What was used since is sealed under the newer one.
    expect(await readyWith(newer ?? '')).toEqual([200, { status: 'ready' }])
  })

  it('is a Hono app as well', async () => {
    const { gateway } = testGateway()
    expect((await gateway.app.request(demoUrl, post())).status).toBe(401)
  })
})

describe('wrong options', () => {
  const route = { path: '/mcp/a', id: 'a', upstream: { url: 'https://a.example/mcp' } }
  const provider = acme({
    acmeDomain: 'acme.example',
    clientId: 'id',
    clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M',
  })
  const create = (options: Partial<GatewayOptions>) => () =>
    createGateway({ providers: [provider], routes: [route], storage: memoryStorage(), ...options })

  it('accepts the least: providers, routes and a storage', () => {
    expect(create({})).not.toThrow()
  })

  it.each<[string, Partial<GatewayOptions>, string]>([
    [
      'two routes with one path',
      { routes: [route, { ...route, id: 'b' }] },
      'routes[1].path is the path of "a" too',
    ],
    [
      'two routes with one id',
      { routes: [route, { ...route, path: '/mcp/b' }] },
      'routes[1].id "a" is taken by /mcp/a',
    ],
    [
      'a path of the gateway',
      { routes: [{ ...route, path: '/oauth' }] },
      `routes[0].path is taken by the gateway's own pages`,
    ],
    ['a path with dot segments', { routes: [{ ...route, path: '/mcp/../x' }] }, 'routes[0].path may hold'],
    [
      'an upstream that is no URL',
      { routes: [{ ...route, upstream: { url: '/mcp' } }] },
      'routes[0].upstream.url must be a complete URL',
    ],
    [
      'several scopes and no default',
      { routes: [{ ...route, scopes: { a: 'A.', b: 'B.' } }] },
      'routes[0].defaultScopes',
    ],
    ['a provider that does not exist', { routes: [{ ...route, providers: ['other'] }] }, '"other"'],
    ['plain http outside loopback', { publicUrl: 'http://mcp.example.com' }, 'publicUrl'],
    ['no keys outside development', { publicUrl }, 'keys'],
  ])('refuses %s', (_mistake, options, message) => {
    expect(create(options)).toThrow(message)
  })

  const linear = { id: 'linear', displayName: 'Linear', authMode: 'user-oauth', url: 'https://a.example/mcp' }
  const connected = { ...route, upstream: { ...route.upstream, connection: 'linear' } }
  const withoutTypes = (options: object) => create(options)

  it('accepts a route on a connection that is there', () => {
    expect(withoutTypes({ routes: [connected], connections: [linear] })).not.toThrow()
  })

  it.each<[string, object, string]>([
    ['no routes', { routes: undefined }, 'routes is missing. Use `[{ path: "/mcp/linear-v1"'],
    ['routes that are no list', { routes: { a: route } }, 'routes must be a list. Use'],
    ['a route that is no object', { routes: [null] }, 'routes[0] must be an object. Use'],
    ['a route without a path', { routes: [{ ...route, path: undefined }] }, 'routes[0].path is missing. Use'],
    ['a route without an id', { routes: [{ ...route, id: undefined }] }, 'routes[0].id must be one word'],
    [
      'a route without an upstream',
      { routes: [{ ...route, upstream: undefined }] },
      'routes[0].upstream.url is missing. Use "https://mcp.linear.app/mcp", for example.',
    ],
    ['a misspelled option', { routs: [] }, 'routs is an unknown option. Did you mean "routes"?'],
    [
      'an option of the authorization server that routes stand for',
      { resources: [] },
      'resources is an unknown option. ',
    ],
    [
      'a misspelled member of a route',
      { routes: [{ ...route, capabilites: {} }] },
      'routes[0].capabilites is an unknown option. Did you mean "capabilities"?',
    ],
    [
      'a misspelled member of an upstream',
      { routes: [{ ...route, upstream: { ...route.upstream, conection: 'linear' } }] },
      'routes[0].upstream.conection is an unknown option. Did you mean "connection"?',
    ],
    [
      'a misspelled member of one of several upstreams',
      {
        routes: [
          { path: '/mcp/a', id: 'a', upstreams: [{ prefix: 'a', url: 'https://a.example', header: {} }] },
        ],
      },
      'routes[0].upstreams[0].header is an unknown option. Did you mean "headers"?',
    ],
    [
      'an unknown era',
      { routes: [{ ...route, upstream: { ...route.upstream, era: 'old' } }] },
      'routes[0].upstream.era must be "auto", "modern", "legacy" or "both".',
    ],
    [
      'headers in one text',
      { routes: [{ ...route, upstream: { ...route.upstream, headers: 'x: y' } }] },
      'routes[0].upstream.headers must be an object with a text for each name.',
    ],
    ['upstreams that are no list', { routes: [{ path: '/a', id: 'a', upstreams: {} }] }, 'must be a list'],
    ['connections by name', { connections: { linear } }, 'connections must be a list of upstream accounts.'],
    ['the token of operators by itself', { admin: 'x'.repeat(32) }, 'admin must be an object with "token".'],
    [
      'a misspelled member of the admin side',
      { admin: { tokn: 'x' } },
      'admin.tokn is not a known member: did you mean "token"?',
    ],
    ['an audit trail that nobody writes', { audit: {} }, 'audit.write must be a function.'],
    [
      'metrics without their text',
      { metrics: { contentType: 'text/plain' } },
      'metrics.text must be a function.',
    ],
    ['an observer of another kind', { observer: { event: 'log' } }, 'observer'],
    ['a listener that is none', { onEvent: 'log' }, 'onEvent must be a function.'],
    [
      'one origin in place of a list',
      { allowedOrigins: 'https://a.example' },
      'allowedOrigins must be a list',
    ],
    ['a limit in words', { limits: { requestBytes: '1mb' } }, 'limits.requestBytes must be a'],
    ['no such registry', { registry: false }, 'registry must be "public", "authenticated" or "off".'],
    ['a time that is none', { traces: { retainSeconds: -1 } }, 'traces'],
    [
      'a connection of an unknown mode',
      { connections: [{ ...linear, authMode: 'magic' }] },
      'connections[0].authMode must be "user-oauth", "shared-oauth"',
    ],
    [
      'a connection without a name',
      { connections: [{ ...linear, displayName: undefined }] },
      'connections[0].displayName is missing: it must be a string.',
    ],
    [
      'a misspelled member of a connection',
      { connections: [{ ...linear, scope: 'read' }] },
      'connections[0].scope is not a known member: did you mean "scopes"?',
    ],
    [
      'two connections with one id',
      { connections: [linear, linear] },
      'connections[1].id "linear" is taken: every upstream needs its own.',
    ],
    [
      'a route on a connection that is not there',
      { routes: [connected] },
      'routes[0].upstream names the connection "linear", which is not one of connections. Add it there, or remove the name.',
    ],
    [
      'a route that would send the credentials of a connection elsewhere (UP-01, G03)',
      { routes: [connected], connections: [{ ...linear, url: 'https://b.example/mcp' }] },
      'routes[0].upstream leads elsewhere than the connection "linear", whose credentials are for https://b.example alone. Add a connection',
    ],
  ])('refuses %s from callers without types', (_mistake, options, message) => {
    const refusal = () => {
      try {
        withoutTypes(options)()
      } catch (error) {
        return error
      }
      return undefined
    }
    expect(refusal()).toBeInstanceOf(ConfigError)
    expect(String(refusal())).toContain(message)
  })
})
