import { describe, expect, it } from 'vitest'

import type { JsonObject } from '../src/index.ts'
import { type GatewayOptions, startGateway, transports } from './peers/gateway.ts'
import { initialize, legacy, post } from './peers/messages.ts'
import { type ModernUpstreamOptions, startScriptedModern } from './peers/scripted-modern-upstream.ts'
import { event } from './peers/scripted-session-upstream.ts'
import type { Script } from './peers/scripted-upstream.ts'

const meta = (params: unknown) => (params as { _meta: JsonObject })._meta

/** Answers with these results, one for each request. */
const results = (...list: readonly JsonObject[]): Script => {
  const left = [...list]
  return ({ message }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        jsonrpc: '2.0',
        id: message['id'],
        result: left.shift() ?? { resultType: 'complete' },
      }),
    )
  }
}

/** The messages of an event stream, one by one. */
function eventsOf(response: Response) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    async next(): Promise<JsonObject> {
      for (;;) {
        const match = /data: (.*)\n\n/.exec(text)
        if (match !== null) {
          text = text.slice(match.index + match[0].length)
          return JSON.parse(match[1] ?? '') as JsonObject
        }
        const { done, value } = await reader.read()
        if (done) throw new Error('the stream has ended')
        text += decoder.decode(value, { stream: true })
      }
    },
    cancel: () => reader.cancel(),
  }
}

describe.each(transports)('a session client of a modern upstream, over %s', (transport) => {
  async function setUp(
    upstreamOptions: ModernUpstreamOptions = {},
    gatewayOptions: GatewayOptions = {},
    capabilities: JsonObject = { elicitation: {}, roots: { listChanged: true } },
  ) {
    const upstream = await startScriptedModern(upstreamOptions)
    const gateway = await startGateway(transport, upstream.url, { era: 'auto', ...gatewayOptions })
    const first = await post(gateway.url, initialize(capabilities))
    const session = { 'mcp-session-id': first.headers.get('mcp-session-id') ?? '' }
    const send = (body: unknown, headers: Record<string, string> = {}) =>
      post(gateway.url, body, { ...session, ...headers })
    const call = async (method: string, params: JsonObject = {}) =>
      (await (await send(legacy(method, params, 'call'))).json()) as { result: JsonObject; error: JsonObject }
    const initialized = (await first.json()) as { result: JsonObject }
    return { upstream, gateway, session, send, call, initialized }
  }

  it.each([-32_022, -32_020])('holds the session that the upstream refuses to have (%d)', async (refusal) => {
    const { initialized, session } = await setUp({
      refusal,
      capabilities: { tools: {}, extensions: { 'acme/x': {} } },
    })
    expect(initialized).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'scripted', version: '2.0.0' },
        instructions: 'Be kind.',
      },
    })
    expect(session['mcp-session-id']).toMatch(/^[\x21-\x7e]+$/)
  })

  it('does not ask to be refused again while it knows', async () => {
    const { gateway, upstream } = await setUp()
    await post(gateway.url, initialize())
    expect(upstream.requests('initialize')).toHaveLength(1)
    expect(upstream.requests('server/discover')).toHaveLength(2)
  })

  it.each([
    ['2025-06-18', '2025-06-18'],
    ['2025-03-26', '2025-03-26'],
    ['2031-01-01', '2025-11-25'],
    [undefined, '2025-11-25'],
  ])('negotiates %s to %s', async (requested, expected) => {
    const { gateway } = await setUp()
    const body = legacy('initialize', { protocolVersion: requested, capabilities: {}, clientInfo: {} })
    const answer = (await (await post(gateway.url, body)).json()) as { result: JsonObject }
    expect(answer.result['protocolVersion']).toBe(expected)
  })

  it('UP-18, PROXY-03 sends requests as the modern era has them, with what the client said at the start', async () => {
    const { call, upstream } = await setUp()
    const progress = { progressToken: 7 }
    expect(await call('tools/call', { name: 'echo', arguments: { a: 1 }, _meta: progress })).toEqual({
      jsonrpc: '2.0',
      id: 'call',
      result: { ok: true },
    })
    const [sent] = upstream.requests('tools/call')
    expect(sent?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
    })
    expect(sent?.headers['mcp-session-id']).toBeUndefined()
    expect(sent?.message['params']).toEqual({
      name: 'echo',
      arguments: { a: 1 },
      _meta: {
        progressToken: 7,
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
        'io.modelcontextprotocol/clientCapabilities': { elicitation: {}, roots: {} },
      },
    })
  })

  it('TL-03, TL-04 wants the session from its own user, and knows it no more after DELETE', async () => {
    const { gateway, send, session } = await setUp()
    expect((await post(gateway.url, legacy('tools/list'))).status).toBe(400)
    expect((await send(legacy('tools/list'), { authorization: 'Bearer bob inspector' })).status).toBe(404)
    expect((await send(legacy('tools/list'))).status).toBe(200)
    expect((await fetch(gateway.url, { method: 'DELETE', headers: session })).status).toBe(200)
    expect((await send(legacy('tools/list'))).status).toBe(404)
    expect((await fetch(gateway.url, { method: 'DELETE', headers: session })).status).toBe(404)
  })

  it('TL-06 keeps the session over a restart', async () => {
    const { upstream, session } = await setUp()
    const restarted = await startGateway(transport, upstream.url, { era: 'auto' })
    expect((await post(restarted.url, legacy('tools/list'), session)).status).toBe(200)
  })

  it('answers itself what the modern era has no request for', async () => {
    const { call, send, upstream } = await setUp()
    expect((await call('ping')).result).toEqual({})
    expect((await call('logging/setLevel', { level: 'warning' })).result).toEqual({})
    expect((await send({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202)
    await call('tools/list')
    expect(meta(upstream.requests('tools/list')[0]?.message['params'])).toMatchObject({
      'io.modelcontextprotocol/logLevel': 'warning',
    })
    expect(upstream.requests('ping')).toEqual([])
  })

  it('refuses batches', async () => {
    const { send } = await setUp()
    expect((await send([legacy('tools/list'), legacy('ping', {}, 2)])).status).toBe(400)
  })

  it('passes errors on, but those about its own headers and version', async () => {
    const failing =
      (code: number): Script =>
      ({ message }, response) => {
        response.writeHead(400, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], error: { code, message: 'no' } }))
      }
    expect((await (await setUp({ script: failing(-32_602) })).call('prompts/get')).error).toEqual({
      code: -32_602,
      message: 'no',
    })
    expect((await (await setUp({ script: failing(-32_022) })).call('prompts/get')).error).toEqual({
      code: -32_603,
      message: 'no',
    })
  })

  it('PROXY-19 leaves out a tool whose annotations break the rules, that tool alone, and says so', async () => {
    const tools = [
      {
        name: 'good',
        inputSchema: { type: 'object', properties: { a: { type: 'string', 'x-mcp-header': 'A' } } },
      },
      {
        name: 'bad',
        inputSchema: { type: 'object', properties: { a: { type: 'number', 'x-mcp-header': 'A' } } },
      },
    ]
    const { gateway, call } = await setUp({
      script: results({ resultType: 'complete', tools, ttlMs: 1, cacheScope: 'public' }),
    })
    expect((await call('tools/list')).result).toEqual({ tools: [tools[0]] })
    expect(gateway.errors.map(String)).toEqual([expect.stringContaining('"bad"')])
  })

  it('PROXY-04 looks up a tool that the upstream wants headers for, and repeats the call once', async () => {
    const inputSchema = {
      type: 'object',
      properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
    }
    const { call, upstream } = await setUp({
      script: (request, response) => {
        const { headers, message } = request
        if (message['method'] === 'tools/list')
          return results({ tools: [{ name: 'sql', inputSchema }] })(request, response)
        if (headers['mcp-param-region'] === 'eu') return results({ found: true })(request, response)
        response.writeHead(400, { 'content-type': 'application/json' })
        const error = { code: -32_020, message: 'Header mismatch' }
        response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], error }))
      },
    })
    expect((await call('tools/call', { name: 'sql', arguments: { region: 'eu' } })).result).toEqual({
      found: true,
    })
    expect(upstream.requests('tools/call')).toHaveLength(2)
    // From then on it knows.
    expect((await call('tools/call', { name: 'sql', arguments: { region: 'eu' } })).result).toEqual({
      found: true,
    })
    expect(upstream.requests('tools/call')).toHaveLength(3)
    expect((await call('tools/call', { name: 'sql', arguments: { region: 'us' } })).error).toMatchObject({
      code: -32_603,
    })
  })

  describe('what the upstream asks', () => {
    const asked = {
      resultType: 'input_required',
      inputRequests: { name: { method: 'elicitation/create', params: { mode: 'form', message: 'Name?' } } },
      requestState: 'opaque',
    }

    it('is asked on the stream of the call, and the call is repeated with the answer', async () => {
      const { send, upstream } = await setUp({
        script: results(asked, { resultType: 'complete', done: true }),
      })
      const stream = eventsOf(await send(legacy('tools/call', { name: 'x', arguments: { a: 1 } }, 'call')))
      const question = await stream.next()
      expect(question).toEqual({
        jsonrpc: '2.0',
        id: expect.stringMatching(/^portico-/) as unknown,
        method: 'elicitation/create',
        params: { mode: 'form', message: 'Name?' },
      })
      const answer = { action: 'accept', content: { name: 'Ada' } }
      expect((await send({ jsonrpc: '2.0', id: question['id'], result: answer })).status).toBe(202)
      expect(await stream.next()).toEqual({ jsonrpc: '2.0', id: 'call', result: { done: true } })
      const [first, second] = upstream.requests('tools/call')
      expect(second?.message['params']).toMatchObject({
        name: 'x',
        arguments: { a: 1 },
        inputResponses: { name: answer },
        requestState: 'opaque',
      })
      expect(second?.message['id']).not.toBe(first?.message['id'])
    })

    it('H09 is not answered from another session', async () => {
      const { send, gateway } = await setUp({
        script: results(asked, { resultType: 'complete', done: true }),
      })
      const stream = eventsOf(await send(legacy('tools/call', { name: 'x' }, 'call')))
      const { id } = await stream.next()
      const other =
        (await post(gateway.url, initialize({ elicitation: {} }))).headers.get('mcp-session-id') ?? ''
      const forged = { jsonrpc: '2.0', id, result: { action: 'accept', content: { name: 'Eve' } } }
      expect((await post(gateway.url, forged, { 'mcp-session-id': other })).status).toBe(202)
      await send({ jsonrpc: '2.0', id, result: { action: 'decline' } })
      expect(await stream.next()).toMatchObject({ result: { done: true } })
    })

    it('names an elicitation of a URL', async () => {
      const params = { mode: 'url', message: 'Pay', url: 'https://pay.example' }
      const inputRequests = { pay: { method: 'elicitation/create', params } }
      const { send } = await setUp(
        { script: results({ ...asked, inputRequests }) },
        {},
        { elicitation: { url: {} } },
      )
      const stream = eventsOf(await send(legacy('tools/call', { name: 'x' }, 'call')))
      const { id, params: sent } = await stream.next()
      expect(sent).toEqual({ ...params, elicitationId: id })
      await stream.cancel()
    })

    it('is told that a client that failed to ask has cancelled', async () => {
      const { send, upstream } = await setUp({ script: results(asked) })
      const stream = eventsOf(await send(legacy('tools/call', { name: 'x' }, 'call')))
      const { id } = await stream.next()
      await send({ jsonrpc: '2.0', id, error: { code: -32_603, message: 'no window' } })
      expect(await stream.next()).toMatchObject({ result: {} })
      expect(upstream.requests('tools/call')[1]?.message['params']).toMatchObject({
        inputResponses: { name: { action: 'cancel' } },
      })
    })

    it('is repeated at once where it only wants to be', async () => {
      const { call, upstream } = await setUp({
        script: results({ resultType: 'input_required', requestState: 's' }, { ok: 1 }),
      })
      expect((await call('tools/call', { name: 'x' })).result).toEqual({ ok: 1 })
      expect(upstream.requests('tools/call')[1]?.message['params']).toMatchObject({ requestState: 's' })
    })

    it('ends when it never ends', async () => {
      const { call, upstream } = await setUp({
        script: (request, response) =>
          results({ resultType: 'input_required', requestState: 's' })(request, response),
      })
      expect((await call('tools/call', { name: 'x' })).error).toMatchObject({ code: -31_002 })
      expect(upstream.requests('tools/call')).toHaveLength(10)
    })

    it.each<[string, JsonObject, Record<string, string>]>([
      ['has not declared that it answers', {}, {}],
      ['takes no event streams', { elicitation: {} }, { accept: 'application/json' }],
    ])('fails where the client %s', async (_name, capabilities, headers) => {
      const { send } = await setUp({ script: results(asked) }, {}, capabilities)
      const response = await send(legacy('tools/call', { name: 'x' }, 'call'), headers)
      expect(await response.json()).toMatchObject({ id: 'call', error: { code: -31_002 } })
    })
  })

  it('TL-09 ends a call by notifications/cancelled, and not by a disconnect', async () => {
    const { promise: closed, resolve: close } = Promise.withResolvers<void>()
    let isClosed = false
    const { send } = await setUp({
      script: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(
          event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1 } }),
        )
        response.once('close', () => {
          isClosed = true
          close()
        })
      },
    })
    const stream = eventsOf(await send(legacy('tools/call', { name: 'x' }, 'call')))
    await stream.next()
    await stream.cancel()
    expect((await send(legacy('ping', {}, 'ping'))).status).toBe(200)
    expect(isClosed).toBe(false)
    await send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'call' } })
    expect(await closed).toBeUndefined()
  })

  it('TL-02 feeds the GET stream from a subscription, renewed when the client subscribes a resource', async () => {
    const filters: unknown[] = []
    const { gateway, session, call } = await setUp({
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
      script: ({ message }, response) => {
        const { notifications } = message['params'] as JsonObject
        filters.push(notifications)
        const _meta = { 'io.modelcontextprotocol/subscriptionId': message['id'] }
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(
          event({
            jsonrpc: '2.0',
            method: 'notifications/subscriptions/acknowledged',
            params: { notifications, _meta },
          }),
        )
        const uris = (notifications as { resourceSubscriptions?: string[] }).resourceSubscriptions ?? []
        if (uris.length === 0)
          response.write(
            event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta } }),
          )
        for (const uri of uris)
          response.write(
            event({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri, _meta } }),
          )
      },
    })
    const headers = { ...session, accept: 'text/event-stream' }
    const stream = eventsOf(await fetch(gateway.url, { headers }))
    expect(await stream.next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: {},
    })
    expect((await fetch(gateway.url, { headers })).status).toBe(409)
    await call('resources/subscribe', { uri: 'file:///a' })
    expect(await stream.next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/resources/updated',
      params: { uri: 'file:///a' },
    })
    expect(filters).toEqual([
      { toolsListChanged: true },
      { toolsListChanged: true, resourceSubscriptions: ['file:///a'] },
    ])
    await call('resources/unsubscribe', { uri: 'file:///a' })
    expect(await stream.next()).toMatchObject({ method: 'notifications/tools/list_changed' })
    await stream.cancel()
  })

  it('H08 remembers no more for a session than a client needs', async () => {
    const { call } = await setUp({ capabilities: { resources: { subscribe: true }, logging: {} } })
    const uri = (count: number) => `file:///${String(count)}${'x'.repeat(40_000)}`
    expect(await call('resources/subscribe', { uri: uri(1) })).toMatchObject({ result: {} })
    expect(await call('resources/subscribe', { uri: uri(2) })).toMatchObject({ error: { code: -32_602 } })
    expect(await call('resources/subscribe', { uri: uri(1) })).toMatchObject({ result: {} })
    await call('resources/unsubscribe', { uri: uri(1) })
    expect(await call('resources/subscribe', { uri: uri(2) })).toMatchObject({ result: {} })
    expect(await call('logging/setLevel', { level: 'debug' })).toMatchObject({ result: {} })
    for (const level of ['x'.repeat(33), { much: true }, undefined]) {
      expect(await call('logging/setLevel', { level })).toMatchObject({ error: { code: -32_602 } })
    }
  })

  it('TL-08 says each message on one stream alone, under no event id that could be resumed', async () => {
    const waiting: (() => void)[] = []
    const { send } = await setUp({
      script: ({ message: { id, params } }, response) => {
        const { name } = params as JsonObject
        const progress = { progressToken: name, progress: 1 }
        waiting.push(() => {
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          response.write(event({ jsonrpc: '2.0', method: 'notifications/progress', params: progress }))
          response.end(event({ jsonrpc: '2.0', id, result: { resultType: 'complete', name } }))
        })
        // Both calls are under way before either is answered.
        if (waiting.length === 2) for (const answer of waiting) answer()
      },
    })
    const call = async (name: string) =>
      (await send(legacy('tools/call', { name, _meta: { progressToken: name } }, name))).text()
    const streams = await Promise.all([call('a'), call('b')])
    expect(
      streams.map((text) => [...text.matchAll(/"(?:progressToken|name)":"(\w)"/g)].map(([, name]) => name)),
    ).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ])
    expect(streams.join('')).not.toMatch(/^id:/m)
  })

  it('H01 applies the policy on the way in and on the way back', async () => {
    const tools = [{ name: 'echo' }, { name: 'delete' }]
    const { call, upstream } = await setUp(
      { script: results({ resultType: 'complete', tools }) },
      {
        policy: {
          judge: ({ params }) =>
            params?.['name'] === 'delete'
              ? { kind: 'deny', error: { code: -32_602, message: 'Unknown tool' } }
              : { kind: 'allow' },
          filteredMethods: new Set(['tools/list']),
          filter: (result) => ({ ...result, tools: [{ name: 'echo' }] }),
        },
      },
    )
    expect((await call('tools/list')).result).toEqual({ tools: [{ name: 'echo' }] })
    expect((await call('tools/call', { name: 'delete' })).error).toMatchObject({ code: -32_602 })
    expect(upstream.requests('tools/call')).toEqual([])
  })
})
