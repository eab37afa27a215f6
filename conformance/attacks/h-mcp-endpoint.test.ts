import { createScriptedUpstream } from '@portico/test-peers'
import { expect, it } from 'vitest'

import { describeAttacks } from './describe-attacks.ts'
import { connectLinear, linear } from './linear-upstream.ts'
import { demoUrl, publicUrl, type Target } from './target.ts'

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'attacker', version: '1.0.0' },
}
const upstream = { url: 'https://upstream.example/mcp' }
const onlyEcho = {
  gateway: {
    routes: [
      {
        path: '/mcp/demo',
        id: 'demo',
        upstream,
        capabilities: { tools: ['echo'], prompts: [], resources: [] },
      },
    ],
  },
}

/** Sends a body as it is, with the headers of a modern call. */
function send(
  target: Target,
  accessToken: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return target.request('/mcp/demo', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  })
}

/** Which tools the upstream was asked to call. */
const calledTools = (target: Target): readonly unknown[] =>
  target.upstreamRequests
    .filter(({ body }) => body.method === 'tools/call')
    .map(({ body }) => (body.params as { readonly name?: unknown }).name)

describeAttacks('H. MCP endpoint', (open) => {
  it.each([
    'delete',
    'Echo',
    'ECHO',
    ' echo',
    'echo ',
    'ech\u043E',
    'echo\u200B',
    'echo\u0000',
    '\uFF45cho',
    '',
  ])('H01 calls no tool that is hidden: %j (obot 4622)', async (name) => {
    const target = await open(onlyEcho)
    const connection = await target.client.connect(demoUrl)
    // As a header could not say it, the body alone names the tool.
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {}, _meta: meta } }
    const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`
    const named = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': encoded }
    const { accessToken } = connection.tokens
    const refused = await send(target, accessToken, JSON.stringify(body), named)
    expect(((await refused.json()) as { readonly error?: unknown }).error).toBeDefined()
    const retry = { ...body, params: { ...body.params, inputResponses: {}, requestState: 'x' } }
    await send(target, accessToken, JSON.stringify(retry), named)
    // In the session era, a batch among them.
    const old = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name, arguments: {} } }
    await send(target, accessToken, JSON.stringify(old))
    await send(target, accessToken, JSON.stringify([old, { ...old, id: 3 }]))
    expect(calledTools(target)).toEqual([])
    await connection.call('tools/call', { name: 'echo', arguments: {} })
    expect(calledTools(target)).toEqual(['echo'])
  })

  it('H01 lists nothing that is hidden, in JSON and in an event stream', async () => {
    for (const asStream of [false, true]) {
      const target = await open({
        ...onlyEcho,
        upstream: ({ body }) => {
          const tools = ['echo', 'delete'].map((name) => ({ name, inputSchema: { type: 'object' } }))
          const answer = { jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', tools } }
          return asStream
            ? new Response(`data: ${JSON.stringify(answer)}\n\n`, {
                headers: { 'content-type': 'text/event-stream' },
              })
            : Response.json(answer)
        },
      })
      const connection = await target.client.connect(demoUrl)
      const { result } = await connection.call('tools/list')
      expect(JSON.stringify(result)).toContain('echo')
      expect(JSON.stringify(result)).not.toContain('delete')
    }
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['another method', { 'mcp-method': 'tools/list' }],
    ['another name', { 'mcp-name': 'echo' }],
    ['another version', { 'mcp-protocol-version': '2025-11-25' }],
  ])('H02 goes by the body, and refuses headers that say %s (MCP 2026-07-28)', async (_, headers) => {
    const target = await open()
    const connection = await target.client.connect(demoUrl)
    const parameters = { name: 'delete', arguments: {} }
    const refused = await connection.call('tools/call', parameters, { headers })
    expect(refused.status).toBe(400)
    expect(refused.error?.code).toBe(-32_020)
    expect(calledTools(target)).toEqual([])
    expect((await connection.call('tools/call', parameters)).status).toBe(200)
  })

  it.each([
    '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"delete"}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","name":"delete"}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","n\\u0061me":"delete"}}',
    '{"jsonrpc":"2.0","id":1,"Method":"tools/call","method":"tools/list","params":{}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","Name":"delete"}}',
    '{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list","params":{}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["delete"]}',
    '{"jsonrpc":"2.0","id":{},"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":1,"method":["tools/call"]}',
    '{"jsonrpc":"1.0","id":1,"method":"tools/list"}',
    `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${'['.repeat(70)}${']'.repeat(70)}}`,
    '\u00EF\u00BB\u00BF{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    'null',
    '"tools/list"',
    '[]',
  ])('H03 forwards no message that two parsers read differently: %s (CWE-436)', async (body) => {
    const target = await open()
    const { tokens } = await target.client.connect(demoUrl)
    const refused = await send(target, tokens.accessToken, body)
    expect(refused.status).toBe(400)
    expect(target.upstreamRequests).toEqual([])
    const polluted = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"__proto__":{"admin":true}}}'
    await send(target, tokens.accessToken, polluted)
    expect(({} as { readonly admin?: unknown }).admin).toBeUndefined()
  })

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '169.254.169.254'])(
    'H04 answers no browser whose Host is %s on loopback (CVE-2025-66414, CVE-2025-64443)',
    async (host) => {
      const target = await open()
      const local = await target.otherNode({ publicUrl: undefined, development: true })
      for (const path of [
        '/mcp/demo',
        '/.well-known/oauth-authorization-server',
        '/oauth/authorize',
        '/account',
      ]) {
        const url = `http://localhost:9000${path}`
        expect((await local.request(url, { headers: { host } })).status).toBe(403)
        expect((await local.request(url, { headers: { host: 'localhost:9000' } })).status).not.toBe(403)
      }
    },
  )

  it('H04 lets no page of another origin call a route (FastMCP 4405)', async () => {
    const target = await open()
    const { tokens } = await target.client.connect(demoUrl)
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'
    const statusFor = async (origin: string) =>
      (await send(target, tokens.accessToken, body, { origin })).status
    for (const origin of [
      'https://evil.example',
      'null',
      `${publicUrl}.evil.example`,
      'http://mcp.example.com',
    ]) {
      expect([origin, await statusFor(origin)]).toEqual([origin, 403])
    }
    expect(target.upstreamRequests).toEqual([])
    expect(await statusFor(publicUrl)).toBe(200)
  })

  it('H05 opens a session for the user and client that began it, and for nobody by guessing (MCP: session hijacking)', async () => {
    const legacy = { ...upstream, era: 'legacy' as const }
    const target = await open({
      gateway: { routes: [{ path: '/mcp/demo', id: 'demo', upstream: legacy }] },
      upstream: ({ body }) => {
        const result =
          body.method === 'initialize'
            ? {
                protocolVersion: '2025-11-25',
                capabilities: {},
                serverInfo: { name: 'old', version: '1.0.0' },
              }
            : { tools: [] }
        const headers = { 'mcp-session-id': 'session-of-the-upstream' }
        return Response.json({ jsonrpc: '2.0', id: body.id, result }, { headers })
      },
    })
    const mine = await target.client.connect(demoUrl)
    const otherClient = await target.client.connect(demoUrl)
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    await target.browser.open((await target.attempt({ prompt: 'login' })).url)
    const eve = await target.client.connect(demoUrl)
    const era = { protocolVersion: '2025-11-25' as const }
    const { sessionId = '' } = await target.client.mcp.initialize(demoUrl, {
      ...era,
      accessToken: mine.tokens.accessToken,
    })
    expect(sessionId).not.toBe('')
    const list = async (connection: typeof mine, handle = sessionId) =>
      (await connection.call('tools/list', {}, { ...era, sessionId: handle })).status
    for (const other of [eve, otherClient]) expect(await list(other)).toBe(404)
    for (const guess of ['1', `${sessionId}x`, sessionId.slice(0, -2)])
      expect(await list(mine, guess)).toBe(404)
    expect(await list(mine)).toBe(200)
    await target.client.steps.revoke(mine.server, mine.client, mine.tokens.refreshToken ?? '')
    expect(await list(mine)).toBe(401)
  })

  it('H06 serves nobody the answer of somebody else, however alike the requests (FastMCP 4041, CVE-2026-25536)', async () => {
    const server = createScriptedUpstream()
    const target = await open({
      gateway: linear(),
      others: server.servers,
      upstream: ({ headers, body }) =>
        Response.json({
          jsonrpc: '2.0',
          id: body.id,
          result: { resultType: 'complete', tools: [], for: headers.get('authorization') },
        }),
    })
    await connectLinear(target)
    const ada = await target.client.connect(demoUrl)
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    await target.browser.open((await target.attempt({ prompt: 'login' })).url)
    await connectLinear(target)
    const eve = await target.client.connect(demoUrl)
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const isAda = index % 2 === 0
        const { result } = await (isAda ? ada : eve).call('tools/list', {}, { id: 1 })
        return [isAda, result?.['for']]
      }),
    )
    for (const [isAda, authorization] of answers) {
      expect(authorization).toBe(`Bearer ${server.accessTokens[isAda === true ? 0 : 1]}`)
    }
  })

  it('H07 lets nothing pass unauthenticated because it does not look like MCP (Kong 3.13)', async () => {
    const target = await open()
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      for (const type of [
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
      ]) {
        const body =
          method === 'GET' || method === 'HEAD'
            ? {}
            : { body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' }
        const response = await target.request('/mcp/demo', {
          method,
          headers: { 'content-type': type },
          ...body,
        })
        expect([method, type, response.status]).toEqual([method, type, 401])
      }
    }
    expect((await target.request('/mcp/demo/', { method: 'POST', body: '{}' })).status).toBe(401)
    expect(target.upstreamRequests).toEqual([])
    const connection = await target.client.connect(demoUrl)
    expect((await connection.call('tools/list')).status).toBe(200)
  })

  it('H08 reads no body beyond its limit, whatever the length says (CWE-400)', async () => {
    const target = await open()
    const { tokens } = await target.client.connect(demoUrl)
    const ofSize = (bytes: number) =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":"${'x'.repeat(bytes)}"}}`
    expect((await send(target, tokens.accessToken, ofSize(5_000_000))).status).toBe(413)
    expect(target.upstreamRequests).toEqual([])
    expect((await send(target, tokens.accessToken, ofSize(1_000_000))).status).toBe(200)
  })

  it('H09 returns a request state to the upstream from the user, client and request it was given to, and in time (MCP 2026-07-28)', async () => {
    const target = await open({
      upstream: ({ body }) => {
        const { requestState } = body.params as { readonly requestState?: unknown }
        if (requestState !== undefined) return undefined
        const result = { resultType: 'input_required', requestState: 'step-2', inputRequests: {} }
        return Response.json({ jsonrpc: '2.0', id: body.id, result })
      },
    })
    const ada = await target.client.connect(demoUrl)
    const otherClient = await target.client.connect(demoUrl)
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    await target.browser.open((await target.attempt({ prompt: 'login' })).url)
    const eve = await target.client.connect(demoUrl)
    const call = { name: 'transfer', arguments: { to: 'bob' } }
    const { result } = await ada.call('tools/call', call)
    const requestState = String(result?.['requestState'])
    const statesSeen = () =>
      target.upstreamRequests.flatMap(
        ({ body }) => (body.params as { readonly requestState?: unknown }).requestState ?? [],
      )
    const answer = (as: typeof ada, changes: object = {}) =>
      as.call('tools/call', { ...call, requestState, inputResponses: {}, ...changes })
    await answer(eve)
    await answer(otherClient)
    await answer(ada, { arguments: { to: 'eve' } })
    await answer(ada, { requestState: 'step-3' })
    await answer(ada, { requestState: `${requestState}x` })
    expect(statesSeen()).toEqual([])
    await answer(ada)
    expect(statesSeen()).toEqual(['step-2'])
    target.clock.advance(901)
    await ada.refresh()
    await answer(ada)
    expect(statesSeen()).toEqual(['step-2'])
  })
})
