import { StorageUnavailableError, memoryStorage } from '@portico/storage'
import { createKeyHolder, createScriptedMcpClient, type Fetch } from '@portico/test-peers'
import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createGateway, type GatewayOptions, type GatewayRoute } from '../src/index.ts'
import { serve } from '../src/node/index.ts'
import { environment, parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'
import { discoveryOf, testGateway } from './test-gateway.ts'

interface Message {
  readonly id?: unknown
  readonly method?: unknown
}

/** Two routes in front of one upstream that answers every call, and what it was sent. */
function upstreamOf() {
  const sent: Headers[] = []
  const answer: Fetch = async (request) => {
    const message = (await request.json()) as Message
    const discovery = discoveryOf(message)
    if (discovery) return discovery
    sent.push(request.headers)
    const result = message.method === 'tools/list' ? { tools: [] } : { content: [] }
    return Response.json({ jsonrpc: '2.0', id: message.id, result: { resultType: 'complete', ...result } })
  }
  return { sent, answer }
}

type RouteChanges = Pick<GatewayRoute, 'capabilities' | 'defaultScopes' | 'dpopBound' | 'scopes'>

const routesTo = (upstream: string, changes: RouteChanges): GatewayOptions['routes'] => [
  { path: '/mcp/demo', id: 'demo', upstream: { url: upstream }, ...changes },
  { path: '/mcp/notes', id: 'notes', upstream: { url: upstream } },
]

async function portable(options: Partial<GatewayOptions>, route: RouteChanges) {
  const { sent, answer } = upstreamOf()
  const peers = testGateway({
    routes: routesTo('https://upstream.example/mcp', route),
    upstreamFetch: async (url, init) => answer(new Request(url, init)),
    ...options,
  })
  return { ...peers, sent, reach: (request: Request) => peers.gateway.fetch(request), origin: undefined }
}

async function onNode(options: Partial<GatewayOptions>, route: RouteChanges) {
  const { sent, answer } = upstreamOf()
  const upstream = await serveOnLoopback(() => answer)
  onTestFinished(() => upstream.close())
  const routes = routesTo(`${upstream.origin}/mcp`, route)
  const peers = testGateway({ publicUrl: undefined, routes, ...options }, { reach: nodeFetch })
  const server = await serve(peers.gateway, { port: 0 })
  onTestFinished(() => server.close())
  return { ...peers, sent, reach: nodeFetch, origin: `http://localhost:${server.port}` }
}

describe.each([
  ['the portable transport', portable],
  ['the transport of Node', onNode],
])('DPoP on a route, by %s', (_, transport) => {
  /** A gateway with DPoP on, a client with a key, and one without. */
  async function start(options: Partial<GatewayOptions> = {}, route: RouteChanges = {}) {
    const peers = await transport({ dpop: true, ...options }, route)
    const { clock, browser, fetch, reach, origin = 'https://mcp.example.com' } = peers
    const key = await createKeyHolder({ clock })
    const holder = createScriptedMcpClient({ fetch: key.proving(fetch), browser, clock })
    const url = `${origin}/mcp/demo`
    const send = (headers: HeadersInit, to = url, method = 'POST') =>
      reach(
        new Request(to, {
          method,
          headers: [
            ['content-type', 'application/json'],
            ['accept', 'application/json, text/event-stream'],
            ...new Headers(headers),
          ],
          ...(method === 'POST' && {
            body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}',
          }),
        }),
      )
    const present = (token: string, dpop: string, to = url, method = 'POST') =>
      send({ authorization: `DPoP ${token}`, dpop }, to, method)
    return { ...peers, key, holder, url, notes: `${origin}/mcp/notes`, send, present }
  }

  const challengeOf = (response: Response) => [
    response.status,
    response.headers.get('www-authenticate') ?? '',
  ]

  it('connects a client with a key, which lists and calls tools; the upstream sees neither token nor proof', async () => {
    const { holder, url, sent } = await start()
    const connection = await holder.connect(url)
    expect((await connection.call('tools/list')).result).toMatchObject({ tools: [] })
    expect((await connection.call('tools/call', { name: 'x', arguments: {} })).status).toBe(200)
    const session = await connection.call('tools/list', {}, { protocolVersion: '2025-11-25' })
    expect(session.status).toBe(200)
    await connection.refresh()
    expect((await connection.call('tools/list')).status).toBe(200)
    expect(sent).toHaveLength(4)
    for (const headers of sent) {
      expect(headers.has('dpop')).toBe(false)
      // Two parts with a dot between them: nothing of a JWT.
      expect([...headers.values()].join(' ')).not.toMatch(/DPoP|[\w-]{20,}\.[\w-]{20,}/i)
    }
  })

  it('D07 lets in what fits the request, the token and the key, and nothing else', async () => {
    const { holder, key, clock, url, notes, present, send, sent } = await start()
    const { accessToken } = (await holder.connect(url)).tokens
    const other = (await holder.connect(notes)).tokens.accessToken
    const now = clock.seconds()
    const thief = await createKeyHolder({ clock })
    const prove = (claims = {}, header = {}) => key.prove({ htm: 'POST', htu: url, ...claims }, header)
    const { ath } = JSON.parse(
      Buffer.from((await key.proveCall(url, accessToken)).split('.')[1] ?? '', 'base64url').toString(),
    ) as { ath: string }
    const refusals: Record<string, Promise<Response>> = {
      'another method': present(accessToken, await prove({ ath, htm: 'GET' })),
      'another route': present(accessToken, await prove({ ath, htu: notes })),
      'another host': present(accessToken, await prove({ ath, htu: 'https://evil.example/mcp/demo' })),
      'no token': present(accessToken, await prove()),
      'another token': present(accessToken, await key.proveCall(url, other)),
      'the past': present(accessToken, await prove({ ath, iat: now - 301 })),
      'the future': present(accessToken, await prove({ ath, iat: now + 301 })),
      'no jti': present(accessToken, await prove({ ath, jti: undefined })),
      'another type': present(accessToken, await prove({ ath }, { typ: 'JWT' })),
      'the key of a thief': present(accessToken, await thief.proveCall(url, accessToken)),
      'a claimed key': present(accessToken, await prove({ ath }, { jwk: thief.jwk })),
      nothing: send({ authorization: `DPoP ${accessToken}` }),
      'two proofs': present(accessToken, `${await prove({ ath })}, ${await prove({ ath })}`),
    }
    for (const [what, refusal] of Object.entries(refusals)) {
      const [status, challenge] = challengeOf(await refusal)
      expect([what, status]).toEqual([what, 401])
      expect([what, challenge]).toEqual([
        what,
        expect.stringMatching(
          /^DPoP error="invalid_dpop_proof", .*resource_metadata="[^"]+\/mcp\/demo", scope="mcp:tools", algs="ES256 /,
        ),
      ])
    }
    expect(sent).toEqual([])
    expect((await present(accessToken, await prove({ ath }))).status).toBe(200)
    expect((await present(accessToken, await prove({ ath, htu: `${url}?a=b#c` }))).status).toBe(200)
  })

  it('D07 takes a token in its own scheme alone', async () => {
    const { client, holder, key, url, present, send, sent } = await start()
    const bound = (await holder.connect(url)).tokens.accessToken
    const bearer = (await client.connect(url)).tokens.accessToken
    const downgraded = await send({ authorization: `Bearer ${bound}`, dpop: await key.proveCall(url, bound) })
    expect(challengeOf(downgraded)).toEqual([401, expect.stringMatching(/^Bearer error="invalid_token"/)])
    const raised = await present(bearer, await key.proveCall(url, bearer))
    expect(challengeOf(raised)).toEqual([401, expect.stringMatching(/^DPoP error="invalid_token".*algs="/)])
    expect(sent).toEqual([])
    expect((await send({ authorization: `Bearer ${bearer}` })).status).toBe(200)
    expect((await present(bound, await key.proveCall(url, bound))).status).toBe(200)
  })

  it('D07 takes a proof once, of any number that come at the same time', async () => {
    const { holder, key, url, present, sent } = await start()
    const { accessToken } = (await holder.connect(url)).tokens
    const proof = await key.proveCall(url, accessToken)
    const answers = await Promise.all(Array.from({ length: 8 }, () => present(accessToken, proof)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(7)
    expect(sent).toHaveLength(1)
    expect((await present(accessToken, await key.proveCall(url, accessToken))).status).toBe(200)
  })

  it('D07 judges the token first: a proof for one that is not good is not used up', async () => {
    const { holder, key, url, notes, present } = await start()
    const { accessToken } = (await holder.connect(url)).tokens
    const proof = await key.proveCall(url, accessToken, { htu: notes })
    const refused = await present(accessToken, proof, notes)
    expect(challengeOf(refused)).toEqual([401, expect.stringMatching(/^DPoP error="invalid_token"/)])
    const once = await key.proveCall(url, accessToken)
    expect((await present(`${accessToken}x`, once)).status).toBe(401)
    expect((await present(accessToken, once)).status).toBe(200)
  })

  it('RS-11 wants a proof of its own with every method, and with either form of the URL', async () => {
    const { holder, key, url, present } = await start()
    const { accessToken } = (await holder.connect(url)).tokens
    for (const method of ['GET', 'DELETE']) {
      expect((await present(accessToken, await key.proveCall(url, accessToken), url, method)).status).toBe(
        401,
      )
      const proof = await key.proveCall(url, accessToken, { htm: method })
      expect((await present(accessToken, proof, url, method)).status).not.toBe(401)
    }
    const slash = `${url}/`
    expect((await present(accessToken, await key.proveCall(slash, accessToken), slash)).status).toBe(200)
    expect((await present(accessToken, await key.proveCall(slash, accessToken))).status).toBe(401)
  })

  it('RFC 9449 section 9 asks for its nonce, which the client puts into the next proof', async () => {
    const { holder, key, url, send, present } = await start({ dpopNonceTtlSeconds: 60 })
    const connection = await holder.connect(url)
    expect((await connection.call('tools/list')).status).toBe(200)
    const { accessToken } = connection.tokens
    const origin = 'http://localhost:6274'
    const dpop = await key.proveCall(url, accessToken)
    const refused = await send({ authorization: `DPoP ${accessToken}`, dpop, origin })
    expect(challengeOf(refused)).toEqual([401, expect.stringMatching(/^DPoP error="use_dpop_nonce".*algs="/)])
    expect(refused.headers.get('access-control-expose-headers')).toContain('DPoP-Nonce')
    const nonce = refused.headers.get('dpop-nonce') ?? ''
    expect((await present(accessToken, await key.proveCall(url, accessToken, { nonce: 'x' }))).status).toBe(
      401,
    )
    expect((await present(accessToken, await key.proveCall(url, accessToken, { nonce }))).status).toBe(200)
  })

  it('with dpopBound takes and issues bound tokens alone, and says so', async () => {
    const { client, holder, url, notes, send } = await start({}, { dpopBound: true })
    const challenge = challengeOf(await send({}))
    expect(challenge).toEqual([401, expect.stringMatching(/^DPoP resource_metadata="[^"]+", scope=.*algs="/)])
    await expect(client.connect(url)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
    const bearer = (await client.connect(notes)).tokens.accessToken
    const refused = challengeOf(await send({ authorization: `Bearer ${bearer}` }))
    expect(refused).toEqual([401, expect.stringMatching(/^DPoP error="invalid_token"/)])
    const connection = await holder.connect(url)
    expect((await connection.call('tools/list')).status).toBe(200)
    expect(connection.resource).toMatchObject({
      dpop_bound_access_tokens_required: true,
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA']) as string[],
    })
    expect((await holder.connect(notes)).resource).not.toHaveProperty('dpop_bound_access_tokens_required')
  })

  it('R196 D07 says in the registry who asks, with a proof for its URL, once', async () => {
    const { holder, key, url, present, send } = await start()
    const { accessToken } = (await holder.connect(url)).tokens
    const servers = new URL('/mcp-registry/v0.1/servers', url).href
    const proof = await key.proveCall(servers, accessToken, { htm: 'GET' })
    const listed = await present(accessToken, proof, `${servers}?limit=1`, 'GET')
    expect([listed.status, await listed.json()]).toMatchObject([200, { metadata: { count: 1 } }])
    const elsewhere = await key.proveCall(url, accessToken, { htm: 'GET' })
    for (const refused of [proof, elsewhere, '']) {
      const answer = await present(accessToken, refused, servers, 'GET')
      expect(challengeOf(answer)).toEqual([
        401,
        expect.stringMatching(/^DPoP error="invalid_dpop_proof", algs="/),
      ])
    }
    const asBearer = await send({ authorization: `Bearer ${accessToken}` }, servers, 'GET')
    expect(challengeOf(asBearer)).toEqual([401, 'Bearer error="invalid_token"'])
  })

  it('SCOPE-05 says in the scheme of the caller which scope is missing', async () => {
    const { client, holder, url } = await start(
      {},
      {
        scopes: { 'mcp:tools': 'Use the tools.', 'mcp:write': 'Write.' },
        capabilities: { tools: [{ name: 'write', scopes: ['mcp:write'] }] },
      },
    )
    for (const [scheme, caller] of [
      ['DPoP', holder],
      ['Bearer', client],
    ] as const) {
      const connection = await caller.connect(url, { scope: 'mcp:tools' })
      const { status, headers } = await connection.call('tools/call', { name: 'write', arguments: {} })
      expect(status).toBe(403)
      expect(headers.get('www-authenticate')).toMatch(
        new RegExp(`^${scheme} error="insufficient_scope", .*scope="[^"]*mcp:write"`),
      )
    }
  })

  it('answers 503, and lets nobody in, while nobody can tell whether a proof was used', async () => {
    const storage = memoryStorage()
    let isAway = false
    const failing = {
      ...storage,
      set: (...given: Parameters<typeof storage.set>) =>
        isAway ? Promise.reject(new StorageUnavailableError('away')) : storage.set(...given),
    }
    const { holder, url, sent } = await start({ storage: failing })
    const connection = await holder.connect(url)
    isAway = true
    expect((await connection.call('tools/list')).status).toBe(503)
    expect(sent).toEqual([])
    isAway = false
    expect((await connection.call('tools/list')).status).toBe(200)
  })

  it('is off by default: neither issued, taken nor announced', async () => {
    const { client, holder, key, url, present, send } = await start({ dpop: undefined })
    const connection = await client.connect(url)
    expect(connection.resource).not.toHaveProperty('dpop_signing_alg_values_supported')
    const { accessToken } = connection.tokens
    const refused = await present(accessToken, await key.proveCall(url, accessToken))
    expect(challengeOf(refused)).toEqual([401, expect.stringMatching(/^Bearer resource_metadata=/)])
    const unbound = (await holder.connect(url)).tokens.accessToken
    expect((await send({ authorization: `Bearer ${unbound}` })).status).toBe(200)
  })

  it('RS-15 lets the proof through CORS', async () => {
    const { url, send } = await start()
    const origin = 'http://localhost:6274'
    const asked = { origin, 'access-control-request-headers': 'authorization,dpop' }
    const response = await send(asked, url, 'OPTIONS')
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, dpop')
  })
})

describe('DPoP in the configuration', () => {
  const policiesWith = (authorizationServer: object) => ({ policies: [signInPolicy()], authorizationServer })
  const routes = routesWith({ route: { policies: { inbound: ['staff'] }, dpopBound: true } })

  it('is two options of the authorization server, and one of a route', async () => {
    const { config } = await parse({
      policies: policiesWith({ dpop: true, dpopNonceTtlSeconds: 300 }),
      routes,
      environment,
    })
    expect(config).toMatchObject({ dpop: true, dpopNonceTtlSeconds: 300, routes: [{ dpopBound: true }] })
    const gateway = createGateway({ ...config, storage: memoryStorage() })
    const response = await gateway.fetch(
      new Request('http://localhost:9000/.well-known/oauth-protected-resource/mcp/linear-v1'),
    )
    expect(await response.json()).toMatchObject({ dpop_bound_access_tokens_required: true })
  })

  it.each([{}, { dpop: false }])('refuses a route that wants bound tokens beside %j', async (server) => {
    const [problem, ...others] = await problemsOf({ policies: policiesWith(server), routes })
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      file: 'config/routes.oas.json',
      path: expect.stringContaining('x-portico-route.dpopBound') as string,
      message: expect.stringContaining('needs DPoP: put "authorizationServer": { "dpop": true }') as string,
    })
  })

  it('is refused in code where it contradicts itself, in the words of the gateway', () => {
    const code = (options: Partial<GatewayOptions>, route: RouteChanges = {}) =>
      testGateway({ routes: routesTo('https://upstream.example/mcp', route), ...options })
    expect(() => code({}, { dpopBound: true })).toThrow('routes[0].dpopBound needs DPoP')
    expect(() => code({ dpopNonceTtlSeconds: 60 })).toThrow('dpopNonceTtlSeconds needs DPoP')
    expect(() => code({ dpop: true, dpopNonceTtlSeconds: 60 }, { dpopBound: true })).not.toThrow()
  })
})
