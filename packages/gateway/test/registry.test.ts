import { describe, expect, it } from 'vitest'

import { demoUrl, publicUrl, testGateway } from './test-gateway.ts'

const base = `${publicUrl}/mcp-registry/v0.1`
const routes = Array.from({ length: 35 }, (_, index) => ({
  path: `/mcp/server-${index}`,
  id: `server-${index}`,
  ...(index === 0 && { name: 'Linear' }),
  upstream: { url: 'https://upstream.example/mcp' },
}))

interface Listing {
  readonly servers: readonly { readonly server: { readonly name: string } }[]
  readonly metadata: { readonly count: number; readonly nextCursor?: string }
}

async function list(query = ''): Promise<Listing> {
  const response = await testGateway({ routes }).request(`${base}/servers${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Listing
}

describe('the registry', () => {
  it('R187 R191 R192 has one entry per route, named by the public URL, open to every origin', async () => {
    const response = await testGateway().request(`${base}/servers`, { headers: { host: 'evil.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toEqual({
      servers: [
        {
          server: {
            name: 'com.example.mcp/demo-mcp-server',
            title: 'Demo',
            description: 'Demo, through mcp.example.com',
            version: '1.0.0',
            remotes: [{ type: 'streamable-http', url: `${publicUrl}/mcp/demo` }],
          },
          _meta: {},
        },
        expect.objectContaining({}),
      ],
      metadata: { count: 2 },
    })
  })

  it('R192 describes a route in its own words, where it has some, and in 100 characters', async () => {
    const description = `Issues and projects. ${'x'.repeat(100)}`
    const described = routes.map((route) => ({ ...route, description }))
    const response = await testGateway({ routes: described }).request(`${base}/servers`)
    expect(await response.json()).toMatchObject({
      servers: routes.slice(0, 30).map(() => ({ server: { description: description.slice(0, 100) } })),
    })
  })

  it('R012 shows nothing where it is off, and with "authenticated" nothing without a token', async () => {
    expect((await testGateway({ registry: 'off' }).request(`${base}/servers`)).status).toBe(404)
    const { client, request } = testGateway({ registry: 'authenticated' })
    const refused = await request(`${base}/servers`)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining('access token') })
    const { tokens } = await client.connect(demoUrl)
    const headers = { authorization: `Bearer ${tokens.accessToken}` }
    const shown = await request(`${base}/servers`, { headers })
    expect(await shown.json()).toMatchObject({ metadata: { count: 2 } })
  })

  it('R188 pages through all entries without losing or repeating one', async () => {
    const first = await list()
    expect(first.metadata.count).toBe(30)
    const second = await list(`?cursor=${encodeURIComponent(first.metadata.nextCursor ?? '')}`)
    const names = [...first.servers, ...second.servers].map(({ server }) => server.name)
    expect(new Set(names).size).toBe(35)
    expect(second.metadata.nextCursor).toBeUndefined()
  })

  it('R188 searches names and titles without regard to case', async () => {
    expect((await list('?search=LINEAR')).metadata.count).toBe(1)
    expect((await list('?search=server-3')).metadata.count).toBe(6)
    expect((await list('?version=2.0.0')).metadata.count).toBe(0)
  })

  it.each(['limit=0', 'limit=101', 'limit=x', 'updated_since=yesterday', 'cursor=unknown'])(
    'R188 refuses %s',
    async (query) => {
      const response = await testGateway({ routes }).request(`${base}/servers?${query}`)
      expect(response.status).toBe(400)
      expect(await response.json()).toHaveProperty('error')
    },
  )

  it('R189 answers one version, with the slash of the name encoded', async () => {
    const { request } = testGateway({ routes })
    const server = `${base}/servers/com.example.mcp%2Fserver-0/versions`
    expect(await (await request(server)).json()).toMatchObject({ metadata: { count: 1 } })
    for (const version of ['latest', '1.0.0']) {
      expect(await (await request(`${server}/${version}`)).json()).toMatchObject({
        server: { title: 'Linear' },
      })
    }
    expect((await request(`${server}/2.0.0`)).status).toBe(404)
    expect((await request(`${base}/servers/com.example.mcp%2Fother/versions/latest`)).status).toBe(404)
  })

  it.each([
    ['POST', '/publish', 501],
    ['PUT', '/servers/com.example.mcp%2Fserver-0/versions/1.0.0', 501],
    ['DELETE', '/servers/com.example.mcp%2Fserver-0/versions/1.0.0', 501],
    ['PATCH', '/servers/com.example.mcp%2Fserver-0/versions/1.0.0/status', 403],
    ['GET', '/anything', 404],
  ])('R190 answers %s %s with %i', async (method, path, status) => {
    const response = await testGateway({ routes }).request(base + path, { method })
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ error: expect.any(String), request_id: expect.any(String) })
  })
})

describe('the registry for a caller', () => {
  const upstream = { url: 'https://upstream.example/mcp' }
  const nothing = { tools: [], prompts: [], resources: [], resourceTemplates: [] }
  const route = (id: string, more: object = {}) => ({ path: `/mcp/${id}`, id, upstream, ...more })

  async function seenBy(groups: readonly string[]) {
    const { client, idp, request } = testGateway({
      routes: [
        route('demo'),
        route('nobody', { capabilities: nothing }),
        route('admins', {
          capabilities: {
            ...nothing,
            tools: [{ name: 'erase', groups: ['admins'] }],
            accessControl: { mode: 'rolesAndGroups' },
          },
        }),
        route('denied', { capabilities: { rules: [{ effect: 'deny', tools: ['*'] }] } }),
      ],
    })
    idp.signInAs({ sub: 'ada', groups })
    const { tokens } = await client.connect(`${publicUrl}/mcp/demo`)
    const read = (path: string, authorization = `Bearer ${tokens.accessToken}`) =>
      request(`${base}/servers${path}`, { headers: { authorization } })
    const { servers } = (await (await read('')).json()) as Listing
    return { read, request, ids: servers.map(({ server }) => server.name.split('/')[1]) }
  }

  it('R196 shows those that the caller has something at', async () => {
    expect((await seenBy(['guests'])).ids).toEqual(['demo', 'denied'])
    expect((await seenBy(['admins'])).ids).toEqual(['demo', 'admins', 'denied'])
  })

  it('knows no other, and keeps its answers out of shared caches', async () => {
    const { read, request } = await seenBy(['guests'])
    const path = `/${encodeURIComponent('com.example.mcp/admins')}/versions/latest`
    const hidden = await read(path)
    expect(hidden.status).toBe(404)
    expect(hidden.headers.get('cache-control')).toBe('private, no-store')
    const open = await request(`${base}/servers${path}`)
    expect(open.status).toBe(200)
    expect(open.headers.get('vary')).toBe('authorization')
  })

  it('SEC-16 looks at no token any more from an address that guesses, each guess once', async () => {
    const { gateway } = testGateway({
      routes: [route('demo'), route('admins')],
      rateLimits: { unknownTokens: 2 },
    })
    const guess = (clientAddress: string) => {
      const headers = { authorization: `Bearer at_${crypto.randomUUID()}` }
      return gateway.fetch(new Request(`${base}/servers`, { headers }), { clientAddress })
    }
    for (let count = 0; count < 2; count += 1) expect((await guess('192.0.2.7')).status).toBe(401)
    const limited = await guess('192.0.2.7')
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(limited.headers.get('cache-control')).toBe('private, no-store')
    expect((await guess('192.0.2.8')).status).toBe(401)
  })

  it.each(['Bearer wrong', 'Basic YTpi', ''])('refuses the credentials %j', async (authorization) => {
    const { read } = await seenBy([])
    const response = await read('', authorization)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  })
})
