import { describe, expect, it } from 'vitest'

import type { JsonObject } from '../src/index.ts'
import { type GatewayOptions, startGateway, transports } from './peers/gateway.ts'
import { modern, post } from './peers/messages.ts'
import {
  event,
  type SessionUpstreamOptions,
  startScriptedSessions,
  stream,
} from './peers/scripted-session-upstream.ts'

const forms = { elicitation: { form: {} } }
const question = { jsonrpc: '2.0', id: 'q1', method: 'elicitation/create', params: { message: 'Name?' } }

describe.each(transports)('a modern client of a session upstream, over %s', (transport) => {
  async function setUp(upstreamOptions: SessionUpstreamOptions = {}, gatewayOptions: GatewayOptions = {}) {
    const upstream = await startScriptedSessions(upstreamOptions)
    const gateway = await startGateway(transport, upstream.url, { era: 'auto', ...gatewayOptions })
    const send = async (
      method: string,
      params: JsonObject = {},
      capabilities: JsonObject = {},
      headers: Record<string, string> = {},
      meta: JsonObject = {},
    ) => {
      const { body, headers: own } = modern(method, params, capabilities, meta)
      const response = await post(gateway.url, body, { ...own, ...headers })
      const text = await response.text()
      const found = text.startsWith('{')
        ? [text]
        : [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data ?? '')
      const messages = found.map((one) => JSON.parse(one) as JsonObject)
      const last = messages.at(-1) as { result: JsonObject; error?: JsonObject }
      return { response, status: response.status, messages, result: last.result, error: last.error }
    }
    return { upstream, gateway, send }
  }
  it('opens one session, in the client’s name and with no more than its capabilities (UP-18)', async () => {
    const { send, upstream } = await setUp()
    await send('tools/list', {}, { ...forms, extensions: { 'acme/x': {} } })
    await send('tools/call', { name: 'echo' }, { ...forms, extensions: { 'acme/x': {} } })
    expect(upstream.requests('initialize').map(({ message }) => message['params'])).toEqual([
      { protocolVersion: '2025-11-25', capabilities: forms, clientInfo: { name: 'test', version: '1.0.0' } },
    ])
    expect(upstream.requests('notifications/initialized')).toHaveLength(1)
    const [list] = upstream.requests('tools/list')
    const [call] = upstream.requests('tools/call')
    expect(list?.message['params']).toEqual({})
    expect(list?.headers).toMatchObject({
      'mcp-session-id': 'session-1',
      'mcp-protocol-version': '2025-06-18',
    })
    expect(list?.headers['mcp-method']).toBeUndefined()
    expect(call?.message['id']).not.toBe(list?.message['id'])
  })

  it('G05 goes on with the session of one account at the upstream by no other one', async () => {
    let account = '1'
    const upstream = await startScriptedSessions()
    const gateway = await startGateway(transport, upstream.url, {
      upstream: {
        url: upstream.url,
        name: 'Upstream',
        authorize: () => ({ headers: { authorization: `Bearer of-account-${account}` }, account }),
      },
    })
    const list = modern('tools/list')
    for (const connected of ['1', '2', '2']) {
      account = connected
      expect((await post(gateway.url, list.body, list.headers)).status).toBe(200)
    }
    expect(
      upstream
        .requests('tools/list')
        .map(({ headers }) => [headers['mcp-session-id'], headers.authorization]),
    ).toEqual([
      ['session-1', 'Bearer of-account-1'],
      ['session-2', 'Bearer of-account-2'],
      ['session-2', 'Bearer of-account-2'],
    ])
  })

  it('PROXY-12 shares a session with no other user, client or set of capabilities', async () => {
    const { send, upstream } = await setUp()
    await send('tools/list')
    await send('tools/list', {}, {}, { authorization: 'Bearer bob inspector' })
    await send('tools/list', {}, {}, { authorization: 'Bearer ada cursor' })
    await send('tools/list', {}, forms)
    await send('tools/list')
    expect(upstream.requests('tools/list').map(({ headers }) => headers['mcp-session-id'])).toEqual([
      'session-1',
      'session-2',
      'session-3',
      'session-4',
      'session-1',
    ])
  })

  it('H08 keeps no session for a client that says more about itself than any needs', async () => {
    const { send, upstream } = await setUp()
    const saying = (length: number) => ({ experimental: { acme: 'x'.repeat(length) } })
    expect(await send('tools/list', {}, saying(16_384))).toMatchObject({
      status: 400,
      error: { code: -32_602 },
    })
    expect(upstream.requests('initialize')).toEqual([])
    expect((await send('tools/list', {}, saying(16_000))).status).toBe(200)
  })

  it('opens one session for several first requests at once', async () => {
    const { send, upstream } = await setUp()
    await Promise.all([send('tools/list'), send('tools/list'), send('prompts/list')])
    expect(upstream.requests('initialize')).toHaveLength(1)
  })

  it('works with an upstream that has no session ids', async () => {
    const { send, upstream } = await setUp({ sessions: false })
    expect((await send('tools/list')).result).toMatchObject({ ok: true })
    expect(upstream.requests('tools/list')[0]?.headers['mcp-session-id']).toBeUndefined()
  })

  it('TR-09 answers server/discover out of the handshake', async () => {
    const { send, upstream } = await setUp({ capabilities: { tools: { listChanged: true }, tasks: {} } })
    expect((await send('server/discover')).result).toEqual({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true } },
      instructions: 'Be kind.',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'scripted', version: '1.0.0' } },
    })
    // Once to find out the era of the upstream.
    expect(upstream.requests('server/discover')).toHaveLength(1)
  })

  it.each([
    ['tools/list', {}, { ttlMs: 0, cacheScope: 'private' }],
    ['resources/read', { uri: 'file:///a' }, { ttlMs: 0, cacheScope: 'private' }],
    ['tools/call', { name: 'echo' }, {}],
    ['acme/method', {}, {}],
  ])('TR-14 says of the result of %s what the modern era wants to know', async (method, params, hints) => {
    const { send } = await setUp()
    expect((await send(method, params)).result).toEqual({ resultType: 'complete', ok: true, ...hints })
  })

  it.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'tasks/get'])(
    'TR-08 does not know %s, which the modern era has no more',
    async (method) => {
      const { send, upstream } = await setUp()
      expect(await send(method, { taskId: 'x' })).toMatchObject({ status: 404, error: { code: -32_601 } })
      expect(upstream.requests(method)).toEqual([])
    },
  )

  it('TR-08 says 404 when the upstream does not know a method', async () => {
    const error = { code: -32_601, message: 'Method not found' }
    const { send } = await setUp({ script: stream((id) => [{ jsonrpc: '2.0', id, error }]) })
    expect(await send('completion/complete')).toMatchObject({ status: 404, error })
  })

  it('gives −32002 the code of the modern era', async () => {
    const error = { code: -32_002, message: 'Resource not found', data: { uri: 'file:///a' } }
    const { send } = await setUp({ script: stream((id) => [{ jsonrpc: '2.0', id, error }]) })
    expect((await send('resources/read', { uri: 'file:///a' })).error).toEqual({ ...error, code: -32_602 })
  })

  it.each<[string, JsonObject, string, JsonObject]>([
    [
      'asks a client that opens URLs',
      { elicitation: { url: {} } },
      'tools/call',
      {
        result: {
          resultType: 'input_required',
          inputRequests: {
            'url-1': {
              method: 'elicitation/create',
              params: { mode: 'url', message: 'Pay', url: 'https://pay.example' },
            },
          },
        },
      },
    ],
    ['shows another the link in a tool result', forms, 'tools/call', { result: { isError: true } }],
    [
      'and in an error elsewhere',
      forms,
      'prompts/get',
      { error: { code: -31_001, message: 'needed https://pay.example' } },
    ],
  ])('−32042 of the upstream %s', async (_name, capabilities, method, expected) => {
    const elicitations = [{ mode: 'url', elicitationId: 'e', message: 'Pay', url: 'https://pay.example' }]
    const error = { code: -32_042, message: 'needed', data: { elicitations } }
    const { send } = await setUp({ script: stream((id) => [{ jsonrpc: '2.0', id, error }]) })
    expect((await send(method, { name: 'x' }, capabilities)).messages[0]).toMatchObject(expected)
  })

  it('TR-11 passes on progress under the client’s token, and nothing that is not about the request', async () => {
    const script = stream((id) => [
      { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: id, progress: 1 } },
      { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'another', progress: 9 } },
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
      { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } },
      { jsonrpc: '2.0', id, result: {} },
    ])
    const { send, upstream } = await setUp({ script, capabilities: { logging: {} } })
    const result = { jsonrpc: '2.0', id: 1, result: { resultType: 'complete' } }
    expect((await send('tools/call', { name: 'x' })).messages).toEqual([result])
    expect((await send('tools/call', { name: 'x' }, {}, {}, { progressToken: 'mine' })).messages).toEqual([
      { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'mine', progress: 1 } },
      result,
    ])
    const level = { 'io.modelcontextprotocol/logLevel': 'info' }
    expect((await send('tools/call', { name: 'x' }, {}, {}, level)).messages).toEqual([
      { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } },
      result,
    ])
    await send('tools/call', { name: 'x' }, {}, {}, level)
    expect(upstream.requests('logging/setLevel').map(({ message }) => message['params'])).toEqual([
      { level: 'info' },
    ])
  })

  it('cancels at the upstream, in words, when the client leaves (TR-10, TL-09)', async () => {
    const { promise: cancelled, resolve } = Promise.withResolvers<JsonObject>()
    const { gateway, upstream } = await setUp({
      hear: (message) => message['method'] === 'notifications/cancelled' && resolve(message),
      script: ({ message }, response) => {
        const params = { progressToken: message['id'], progress: 1 }
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(event({ jsonrpc: '2.0', method: 'notifications/progress', params }))
      },
    })
    const { body, headers } = modern('tools/call', { name: 'x' }, {}, { progressToken: 'mine' })
    const response = await post(gateway.url, body, headers)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('"progressToken":"mine"')
    await reader.cancel()
    const [call] = upstream.requests('tools/call')
    expect((await cancelled)['params']).toMatchObject({ requestId: call?.message['id'] })
  })

  it('PROXY-10 opens a new session once when the upstream has forgotten the old one', async () => {
    const { send, upstream } = await setUp()
    await send('tools/list')
    upstream.live.clear()
    expect(await send('tools/list')).toMatchObject({ status: 200, result: { ok: true } })
    expect(upstream.requests('initialize')).toHaveLength(2)
  })

  it('answers by 502 when the upstream forgets every session at once', async () => {
    const { send } = await setUp({
      script: (_request, response) => response.writeHead(404, { 'content-type': 'text/plain' }).end(),
    })
    expect((await send('tools/list')).status).toBe(502)
  })

  it('answers by an error when the upstream ends without an answer', async () => {
    const { send } = await setUp({ script: stream(() => []) })
    expect((await send('tools/list')).error).toMatchObject({ code: -31_002 })
  })

  it('PROXY-05 refreshes the credential on the way, for the handshake as well', async () => {
    const upstream = await startScriptedSessions()
    let tokens = 0
    const authorize = async () => ({
      headers: { authorization: 'Bearer stale' },
      refresh: async () => ({ headers: { authorization: `Bearer fresh-${++tokens}` } }),
    })
    const front = await startGateway(transport, upstream.url, {
      upstream: { url: upstream.url, name: 'Upstream', era: 'legacy', authorize },
    })
    const { body, headers } = modern('tools/list')
    expect((await post(front.url, body, headers)).status).toBe(200)
    expect(tokens).toBe(0)
  })

  it('UP-10 says that an account has to be connected again when the upstream wants another scope', async () => {
    const upstream = await startScriptedSessions({
      script: (_request, response) => {
        response
          .writeHead(403, { 'www-authenticate': 'Bearer error="insufficient_scope", scope="write"' })
          .end()
      },
    })
    const connectUrl = 'https://gateway.example.com/auth/connections/notes/connect'
    const authorize = async () => ({
      headers: { authorization: 'Bearer narrow' },
      refresh: async () => ({ connectUrl, message: 'Connect it again.', elicitationId: 'notes' }),
    })
    const front = await startGateway(transport, upstream.url, {
      upstream: { url: upstream.url, name: 'Notes', era: 'legacy', authorize },
    })
    const { body, headers } = modern('tools/call', { name: 'echo' })
    const { result } = (await (await post(front.url, body, headers)).json()) as { result: JsonObject }
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: `Connect it again. Open ${connectUrl}` }],
    })
  })

  it('SCOPE-10, H01 applies the policy on the way in and on the way back', async () => {
    const tools = [{ name: 'echo' }, { name: 'delete' }]
    const { send, upstream } = await setUp(
      { script: stream((id) => [{ jsonrpc: '2.0', id, result: { tools } }]) },
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
    expect((await send('tools/list')).result['tools']).toEqual([{ name: 'echo' }])
    expect((await send('tools/call', { name: 'delete' })).error).toMatchObject({ code: -32_602 })
    expect(upstream.requests('tools/call')).toEqual([])
  })

  describe('what the upstream asks', () => {
    /** An upstream that asks, and answers with what it is told. */
    async function ask(capabilities: JsonObject = forms) {
      const { promise: told, resolve } = Promise.withResolvers<JsonObject>()
      const made = await setUp({
        hear: (message) => message['id'] === 'q1' && resolve(message),
        script: ({ message }, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event(question))
          const { id } = message
          void told.then((answer) => response.end(event({ jsonrpc: '2.0', id, result: { told: answer } })))
        },
      })
      const first = await made.send('tools/call', { name: 'x', arguments: { a: 1 } }, capabilities)
      return { ...made, first }
    }

    it('becomes an InputRequiredResult, and the answer gets to the call that waits', async () => {
      const { first, send } = await ask()
      expect(first.result).toEqual({
        resultType: 'input_required',
        inputRequests: { 'request-q1': { method: 'elicitation/create', params: { message: 'Name?' } } },
        requestState: expect.stringMatching(/./) as unknown,
      })
      const inputResponses = { 'request-q1': { action: 'accept', content: { name: 'Ada' } } }
      const { requestState } = first.result
      const params = { name: 'x', arguments: { a: 1 }, requestState, inputResponses }
      const again = await send('tools/call', params, forms)
      expect(again.result).toEqual({
        resultType: 'complete',
        told: { jsonrpc: '2.0', id: 'q1', result: { action: 'accept', content: { name: 'Ada' } } },
      })
      // A call is answered once.
      expect(await send('tools/call', params, forms)).toMatchObject({ error: { code: -32_602 } })
    })

    it('is asked again while the answer is missing', async () => {
      const { first, send } = await ask()
      const params = { name: 'x', arguments: { a: 1 }, requestState: first.result['requestState'] }
      const again = await send('tools/call', params, forms)
      expect(again.result['inputRequests']).toEqual(first.result['inputRequests'])
      const inputResponses = { 'request-q1': { action: 'decline' } }
      const { requestState } = again.result
      const last = await send('tools/call', { ...params, requestState, inputResponses }, forms)
      expect(last.result).toMatchObject({ told: { result: { action: 'decline' } } })
    })

    it.each<[string, JsonObject, Record<string, string>]>([
      ['another user', { name: 'x', arguments: { a: 1 } }, { authorization: 'Bearer bob inspector' }],
      ['another client', { name: 'x', arguments: { a: 1 } }, { authorization: 'Bearer ada cursor' }],
      ['another call', { name: 'x', arguments: { a: 2 } }, {}],
    ])('H09 is not answered by %s', async (_name, params, headers) => {
      const { first, send } = await ask()
      const inputResponses = { 'request-q1': { action: 'accept' } }
      const { requestState } = first.result
      const other = await send('tools/call', { ...params, requestState, inputResponses }, forms, headers)
      expect(other.error).toMatchObject({ code: -32_602 })
    })

    it('TR-15 is declined where the client has not declared that it answers', async () => {
      const { first } = await ask({})
      expect(first.result).toMatchObject({ told: { id: 'q1', error: { code: -32_601 } } })
    })
  })

  it('hears a question on the GET stream while one call is under way, even of an upstream that answers with JSON', async () => {
    const { promise: told, resolve } = Promise.withResolvers<JsonObject>()
    const { send } = await setUp({
      hear: (message) => message['id'] === 'q1' && resolve(message),
      stream: (response) => response.write(event(question)),
      script: ({ message }, response) => {
        void told.then((answer) => {
          response.writeHead(200, { 'content-type': 'application/json' })
          response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result: { told: answer } }))
        })
      },
    })
    const { requestState } = (await send('tools/call', { name: 'x' }, forms)).result
    const inputResponses = { 'request-q1': { action: 'accept' } }
    const last = await send('tools/call', { name: 'x', requestState, inputResponses }, forms)
    expect(last.result).toMatchObject({ told: { result: { action: 'accept' } } })
  })

  it('TR-06 checks the headers that mirror arguments, once the tools have been listed: nobody else would', async () => {
    const properties = {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      size: { type: 'integer', 'x-mcp-header': 'Size' },
    }
    const tools = [{ name: 'x', inputSchema: { type: 'object', properties } }]
    const { send, upstream } = await setUp({
      script: stream((id) => [{ jsonrpc: '2.0', id, result: { tools } }]),
    })
    await send('tools/list')
    const call = (args: JsonObject, headers: Record<string, string>) =>
      send('tools/call', { name: 'x', arguments: args }, {}, headers)
    const refusals = await Promise.all([
      call({ region: 'eu' }, {}),
      call({ region: 'eu' }, { 'mcp-param-region': 'us' }),
      call({ region: 'eu' }, { 'mcp-param-region': '=?base64?!?=' }),
      call({ size: 42 }, { 'mcp-param-size': '43' }),
    ])
    for (const refusal of refusals) expect(refusal).toMatchObject({ status: 400, error: { code: -32_020 } })
    expect(upstream.requests('tools/call')).toEqual([])
    expect(
      (
        await call(
          { region: 'eu', size: 42 },
          { 'mcp-param-region': '=?base64?ZXU=?=', 'mcp-param-size': '42.0' },
        )
      ).status,
    ).toBe(200)
    expect((await call({ region: null }, { 'mcp-param-region': 'us' })).status).toBe(200)
    expect((await send('tools/call', { name: 'y', arguments: { region: 'eu' } })).status).toBe(200)
  })

  describe('subscriptions/listen', () => {
    const filter = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourceSubscriptions: ['file:///a', 'file:///b'],
    }

    it('TR-13 acknowledges first what can be had, then passes on only that, each with the subscription', async () => {
      const { send, upstream } = await setUp({
        capabilities: { tools: { listChanged: true }, prompts: {}, resources: { subscribe: true } },
        script: ({ message }, response) => {
          const uri = (message['params'] as JsonObject)['uri']
          const body = uri === 'file:///a' ? { result: {} } : { error: { code: -32_002, message: 'no' } }
          response.writeHead(200, { 'content-type': 'application/json' })
          response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], ...body }))
        },
        stream(response) {
          for (const message of [
            { jsonrpc: '2.0', method: 'notifications/prompts/list_changed' },
            { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
            { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'file:///b' } },
            { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'file:///a' } },
            { jsonrpc: '2.0', method: 'notifications/message', params: {} },
          ]) {
            response.write(event(message))
          }
          response.end()
        },
      })
      const { messages } = await send('subscriptions/listen', { notifications: filter })
      const _meta = { 'io.modelcontextprotocol/subscriptionId': 1 }
      expect(messages).toEqual([
        {
          jsonrpc: '2.0',
          method: 'notifications/subscriptions/acknowledged',
          params: { notifications: { toolsListChanged: true, resourceSubscriptions: ['file:///a'] }, _meta },
        },
        { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta } },
        { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'file:///a', _meta } },
        { jsonrpc: '2.0', id: 1, result: { resultType: 'complete', _meta } },
      ])
      // A session of its own, which ends with the stream.
      expect(upstream.live.size).toBe(0)
    })

    it('TR-13 acknowledges nothing where the upstream has no stream, and ends in order when its time is over', async () => {
      const { send } = await setUp(
        { capabilities: { tools: { listChanged: true } } },
        { limits: { streamMs: 1_000 } },
      )
      const { messages } = await send('subscriptions/listen', { notifications: filter })
      expect(messages).toMatchObject([
        { params: { notifications: {} } },
        { id: 1, result: { resultType: 'complete' } },
      ])
    })
  })
})
