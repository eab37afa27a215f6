import { describe, expect, it } from 'vitest'

import {
  createScriptedBrowser,
  createScriptedMcpClient,
  messagesOf,
  parseChallenge,
  pkceChallenge,
  routeByOrigin,
} from '../src/index.ts'

const origin = 'https://gateway.example'
const endpoint = `${origin}/mcp/demo`
const redirectUri = 'http://127.0.0.1:33418/callback'

interface Bends {
  readonly resource?: string
  readonly issuer?: string
  readonly callbackIssuer?: string
}

/** The smallest server that the specification allows: enough to see what the client sends and what it refuses. */
function createGateway(bends: Bends = {}) {
  const seen: { path: string; headers: Headers; body: string }[] = []
  let challenge = ''
  const page = (body: string): Response => new Response(body, { headers: { 'content-type': 'text/html' } })

  async function token(body: URLSearchParams): Promise<Response> {
    if (body.get('grant_type') === 'refresh_token') {
      return Response.json({ access_token: 'second', token_type: 'Bearer', refresh_token: 'r2' })
    }
    if ((await pkceChallenge(body.get('code_verifier') ?? '')) !== challenge) {
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    }
    return Response.json({ access_token: 'first', token_type: 'Bearer', refresh_token: 'r1', scope: 'mcp' })
  }

  function mcp(request: Request, body: string): Response {
    if (!request.headers.has('authorization')) {
      const value = `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp/demo", scope="mcp"`
      return new Response(null, { status: 401, headers: { 'www-authenticate': value } })
    }
    const { id, method } = JSON.parse(body) as { id?: number; method: string }
    if (id === undefined) return new Response(null, { status: 202 })
    const result = { jsonrpc: '2.0', id, result: { method } }
    if (method === 'initialize') return Response.json(result, { headers: { 'mcp-session-id': 'session' } })
    if (method !== 'tools/call') return Response.json(result)
    const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1 } }
    const events = [progress, result].map((message) => `data: ${JSON.stringify(message)}\n\n`).join('')
    return new Response(`: hello\n\n${events}`, { headers: { 'content-type': 'text/event-stream' } })
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname: path, searchParams } = new URL(request.url)
    const body = await request.text()
    seen.push({ path, headers: request.headers, body })
    switch (path) {
      case '/mcp/demo':
        return mcp(request, body)
      case '/.well-known/oauth-protected-resource/mcp/demo':
        return Response.json({ resource: bends.resource ?? endpoint, authorization_servers: [origin] })
      case '/.well-known/oauth-authorization-server':
        return Response.json({
          issuer: bends.issuer ?? origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          scopes_supported: ['mcp', 'offline_access'],
          response_types_supported: ['code'],
          authorization_response_iss_parameter_supported: true,
        })
      case '/register':
        return Response.json({ ...(JSON.parse(body) as object), client_id: 'c1' }, { status: 201 })
      case '/authorize':
        challenge = searchParams.get('code_challenge') ?? ''
        return page(
          `<form method=post action="/login?${searchParams}"><input name=login><input type=password name=password><button>Sign in</button></form>`,
        )
      case '/login':
        return page(
          `<form method=post action="/consent?${searchParams}"><button name=d value=deny>Deny</button><button name=d value=allow>Allow</button></form>`,
        )
      case '/consent': {
        const target = new URL(searchParams.get('redirect_uri') ?? '')
        if (new URLSearchParams(body).get('d') === 'allow') target.searchParams.set('code', 'code')
        else target.searchParams.set('error', 'access_denied')
        target.searchParams.set('state', searchParams.get('state') ?? '')
        target.searchParams.set('iss', bends.callbackIssuer ?? origin)
        return new Response(null, { status: 303, headers: { location: target.href } })
      }
      case '/token':
        return token(new URLSearchParams(body))
      default:
        return new Response(null, { status: 404 })
    }
  }

  const fetch = routeByOrigin({ [origin]: answer })
  const browser = createScriptedBrowser({ fetch, stopAt: [redirectUri] })
  return { seen, client: createScriptedMcpClient({ fetch, browser, redirectUri }) }
}

describe('connect', () => {
  it('finds its way from a 401 to a call, a refresh and the next call', async () => {
    const { client, seen } = createGateway()
    const connection = await client.connect(endpoint)
    expect(connection.tokens).toMatchObject({ accessToken: 'first', refreshToken: 'r1', scope: 'mcp' })
    expect(new URL(connection.request.url).searchParams.get('scope')).toBe('mcp offline_access')
    expect(new URL(connection.request.url).searchParams.get('resource')).toBe(endpoint)
    expect((await connection.call('tools/list')).result).toEqual({ method: 'tools/list' })
    await connection.refresh()
    await connection.call('tools/list')
    expect(seen.at(-1)?.headers.get('authorization')).toBe('Bearer second')
  })

  it('fails when the person denies', async () => {
    const { client } = createGateway()
    await expect(client.connect(endpoint, { person: { denies: true } })).rejects.toMatchObject({
      error: 'access_denied',
    })
  })

  it('takes a client that is known already', async () => {
    const { client, seen } = createGateway()
    const clientId = 'https://client.example/metadata.json'
    await client.connect(endpoint, { client: { clientId, authMethod: 'none' } })
    expect(seen.some(({ path }) => path === '/register')).toBe(false)
    expect(new URLSearchParams(seen.find(({ path }) => path === '/token')?.body).get('client_id')).toBe(
      clientId,
    )
  })

  it.each<[string, Bends]>([
    ['AS-02 the issuer has a slash added', { issuer: `${origin}/` }],
    ['RS-03 the resource is another one', { resource: `${endpoint}/` }],
    ['AS-30 the answer names another issuer', { callbackIssuer: 'https://attacker.example' }],
  ])('refuses when %s', async (_, bends) => {
    await expect(createGateway(bends).client.connect(endpoint)).rejects.toThrow()
  })
})

describe('a step', () => {
  it('sends a parameter twice, changed, or not at all', async () => {
    const { client } = createGateway()
    const server = await client.authorizationServer(origin)
    const { url } = await client.steps.authorizationRequest(
      server,
      { clientId: 'c1' },
      { resource: endpoint, overrides: { state: undefined, scope: 'x', resource: ['a', 'b'] } },
    )
    const { searchParams } = new URL(url)
    expect([searchParams.has('state'), searchParams.get('scope'), searchParams.getAll('resource')]).toEqual([
      false,
      'x',
      ['a', 'b'],
    ])
  })

  it('authenticates by form-encoded Basic credentials (RFC 6749 §2.3.1)', async () => {
    const { client, seen } = createGateway()
    const server = await client.authorizationServer(origin)
    const identity = { clientId: 'a:b', clientSecret: 'c d', authMethod: 'client_secret_basic' } as const
    await client.steps.refresh(server, identity, 'r1')
    expect(atob(seen.at(-1)?.headers.get('authorization')?.slice(6) ?? '')).toBe('a%3Ab:c+d')
    expect(new URLSearchParams(seen.at(-1)?.body).has('client_id')).toBe(false)
  })

  it('says which endpoint the server does not announce', async () => {
    const { client } = createGateway()
    const server = await client.authorizationServer(origin)
    expect(() => client.steps.introspect(server, { clientId: 'c1', authMethod: 'none' }, 't')).toThrow(
      'announces no introspection_endpoint',
    )
  })
})

describe('an MCP request', () => {
  it('mirrors its body in the headers in revision 2026-07-28', async () => {
    const { client, seen } = createGateway()
    await client.mcp.call(
      endpoint,
      'tools/call',
      { name: 'echo', _meta: { progressToken: 1 } },
      { accessToken: 'first' },
    )
    const { headers, body } = seen[0]!
    expect([headers.get('mcp-protocol-version'), headers.get('mcp-method'), headers.get('mcp-name')]).toEqual(
      ['2026-07-28', 'tools/call', 'echo'],
    )
    expect(JSON.parse(body)).toMatchObject({
      params: {
        name: 'echo',
        _meta: { progressToken: 1, 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
      },
    })
  })

  it('has neither in the session era, and carries the session id on', async () => {
    const { client, seen } = createGateway()
    const legacy = { accessToken: 'first', protocolVersion: '2025-11-25' } as const
    const { sessionId } = await client.mcp.initialize(endpoint, legacy)
    expect(sessionId).toBe('session')
    expect(seen.map(({ body }) => (JSON.parse(body) as { method: string }).method)).toEqual([
      'initialize',
      'notifications/initialized',
    ])
    expect(seen[0]?.headers.has('mcp-protocol-version')).toBe(false)
    expect(seen[1]?.headers.get('mcp-session-id')).toBe('session')
    expect([seen[1]?.headers.get('mcp-protocol-version'), seen[1]?.headers.has('mcp-method')]).toEqual([
      '2025-11-25',
      false,
    ])
    expect(seen[1]?.body).not.toContain('_meta')
  })

  it('reads a stream message by message', async () => {
    const { client } = createGateway()
    const answer = await client.mcp.call(endpoint, 'tools/call', {}, { accessToken: 'first' })
    expect(answer.messages.map(({ method }) => method)).toEqual(['notifications/progress', undefined])
    expect(answer.result).toEqual({ method: 'tools/call' })
  })

  it('has no messages in an answer that is neither JSON nor a stream', async () => {
    const messages = messagesOf(new Response('<html>', { headers: { 'content-type': 'text/html' } }))
    expect((await messages.next()).done).toBe(true)
  })
})

describe('a challenge', () => {
  const parse = (value: string) =>
    parseChallenge(new Response(null, { status: 401, headers: { 'www-authenticate': value } }))

  it('RS-08 is one Bearer challenge with quoted values', () => {
    expect(parse('Bearer resource_metadata="https://a/b", scope="x y", error="invalid_token"')).toMatchObject(
      {
        resourceMetadata: 'https://a/b',
        scope: 'x y',
        parameters: { error: 'invalid_token' },
      },
    )
  })

  it.each([
    'Basic realm="x"',
    'Bearer scope=mcp',
    'Bearer scope="a", scope="b"',
    'Bearer scope="a", Basic realm="x"',
    '',
  ])('RS-08 refuses %s', (value) => {
    expect(() => parse(value)).toThrow()
  })
})
