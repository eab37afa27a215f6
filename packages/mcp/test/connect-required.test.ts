import { describe, expect, it } from 'vitest'

import type { JsonObject } from '../src/index.ts'
import { startGateway, transports } from './peers/gateway.ts'
import { initialize, legacy, modern, post } from './peers/messages.ts'
import { answer, startUpstream } from './peers/scripted-upstream.ts'

const url = 'https://gateway.example.com/auth/connections/linear/connect'
const message = 'Connect your Linear account.'
const connect = { connectUrl: url, message, elicitationId: 'linear' }

describe.each(transports)('an account that is not connected, over %s', (transport) => {
  /** A gateway whose user is not connected until the test says so. */
  async function setUp() {
    const upstream = await startUpstream(answer({ ok: true }, { 'mcp-session-id': 'upstream-id' }))
    const state = { connected: false }
    const gateway = await startGateway(transport, upstream.url, {
      upstream: {
        url: upstream.url,
        name: 'Linear',
        era: 'both',
        authorize: async () => (state.connected ? { headers: {} } : connect),
      },
    })
    const send = async (body: unknown, headers: Record<string, string> = {}) => {
      const response = await post(gateway.url, body, headers)
      const text = await response.text()
      return { status: response.status, answer: JSON.parse(text) as JsonObject }
    }
    return { upstream, gateway, state, send }
  }
  const opensUrls = { elicitation: { url: {} } }

  it.each([
    ['tools/call', { name: 'echo' }],
    ['prompts/get', { name: 'greet' }],
    ['resources/read', { uri: 'file:///a' }],
  ])('UP-10 asks a modern client that opens URLs for input on %s', async (method, params) => {
    const { send, upstream } = await setUp()
    const { body, headers } = modern(method, params, opensUrls)
    expect(await send(body, headers)).toEqual({
      status: 200,
      answer: {
        jsonrpc: '2.0',
        id: 1,
        result: {
          resultType: 'input_required',
          inputRequests: {
            'portico/connect': { method: 'elicitation/create', params: { mode: 'url', message, url } },
          },
        },
      },
    })
    expect(upstream.seen).toEqual([])
  })

  it('UP-10 keeps the answer to its own question from the upstream when the client repeats the call', async () => {
    const { send, state, upstream } = await setUp()
    state.connected = true
    const repeat = async (inputResponses: JsonObject) => {
      const { body, headers } = modern('tools/call', { name: 'echo', inputResponses }, opensUrls)
      expect(await send(body, headers)).toMatchObject({ status: 200, answer: { result: { ok: true } } })
      return upstream.seen.at(-1)?.message['params']
    }
    expect(await repeat({ 'portico/connect': { action: 'accept' } })).not.toHaveProperty('inputResponses')
    const others = await repeat({ 'portico/connect': { action: 'accept' }, theirs: { action: 'accept' } })
    expect(others).toHaveProperty('inputResponses', { theirs: { action: 'accept' } })
  })

  it.each<[string, JsonObject]>([
    ['no elicitation', {}],
    ['elicitation of forms alone (UP-13)', { elicitation: {} }],
    ['elicitation of forms alone, said aloud', { elicitation: { form: {} } }],
  ])(
    'UP-10, TR-15 gives a modern client with %s a tool result with the link',
    async (_name, capabilities) => {
      const { send } = await setUp()
      const { body, headers } = modern('tools/call', { name: 'echo' }, capabilities)
      expect((await send(body, headers)).answer['result']).toEqual({
        resultType: 'complete',
        isError: true,
        content: [{ type: 'text', text: `${message} Open ${url}` }],
      })
    },
  )

  it('TR-15, PROXY-22 answers tools/list by an error with the link, never by an empty list', async () => {
    const { send } = await setUp()
    const { body, headers } = modern('tools/list', {}, opensUrls)
    expect((await send(body, headers)).answer).toMatchObject({
      error: { code: -31_001, message: `${message} Open ${url}`, data: { connectUrl: url } },
    })
  })

  it('UP-10 answers initialize of a client that opens URLs by -32042, of another by an error with the link', async () => {
    const { send } = await setUp()
    expect((await send(initialize(opensUrls))).answer['error']).toMatchObject({
      code: -32_042,
      data: { elicitations: [{ mode: 'url', elicitationId: 'linear', url, message }] },
    })
    expect((await send(initialize({ elicitation: {} }))).answer['error']).toMatchObject({ code: -31_001 })
  })

  it.each<[string, JsonObject, JsonObject]>([
    ['opens URLs', opensUrls, { error: { code: -32_042 } }],
    ['does not', { elicitation: {} }, { result: { isError: true } }],
  ])('UP-10 remembers of a session whether its client %s', async (_name, capabilities, expected) => {
    const { gateway, send, state } = await setUp()
    state.connected = true
    const handle = (await post(gateway.url, initialize(capabilities))).headers.get('mcp-session-id') ?? ''
    state.connected = false
    const { answer } = await send(legacy('tools/call', { name: 'echo' }), { 'mcp-session-id': handle })
    expect(answer).toMatchObject(expected)
  })

  it('PROXY-05 says it with 502 where there is no request to answer, never with 401 or 403', async () => {
    const { gateway } = await setUp()
    expect((await fetch(gateway.url, { headers: { accept: 'text/event-stream' } })).status).toBe(502)
    expect((await fetch(gateway.url, { method: 'DELETE' })).status).toBe(502)
    expect((await post(gateway.url, { jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(
      502,
    )
  })

  it('UP-10 says the same when the refresh finds out', async () => {
    const upstream = await startUpstream((_request, response) => response.writeHead(401).end())
    const gateway = await startGateway(transport, upstream.url, {
      upstream: {
        url: upstream.url,
        name: 'Linear',
        era: 'both',
        authorize: async () => ({ headers: {}, refresh: async () => connect }),
      },
    })
    const { body, headers } = modern('tools/call', { name: 'echo' }, opensUrls)
    const response = await post(gateway.url, body, headers)
    expect(await response.json()).toMatchObject({ result: { resultType: 'input_required' } })
  })

  it('R153 says the same when the upstream refuses the refreshed credential too, after one retry', async () => {
    const upstream = await startUpstream((_request, response) => response.writeHead(401).end())
    const refreshed = { headers: {}, refresh: async () => connect }
    const gateway = await startGateway(transport, upstream.url, {
      upstream: {
        url: upstream.url,
        name: 'Linear',
        era: 'both',
        authorize: async () => ({ headers: {}, refresh: async () => refreshed }),
      },
    })
    const { body, headers } = modern('tools/call', { name: 'echo' }, opensUrls)
    const response = await post(gateway.url, body, headers)
    expect(await response.json()).toMatchObject({ result: { resultType: 'input_required' } })
    expect(upstream.seen).toHaveLength(2)
  })
})
