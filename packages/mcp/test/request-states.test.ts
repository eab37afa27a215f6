import { createHmac } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import {
  createMcpProxy,
  type JsonObject,
  sealedSessions,
  signedRequestStates,
  signedTasks,
  type StateSigner,
} from '../src/index.ts'
import { ada, readableSealer, startGateway, transports } from './peers/gateway.ts'
import { legacy, modern, post } from './peers/messages.ts'
import { events, type Script, startUpstream } from './peers/scripted-upstream.ts'

const signer: StateSigner = {
  mac: (text) => createHmac('sha256', 'key').update(text).digest('base64url'),
  verifyMac(text, mac) {
    return mac === this.mac(text)
  },
}

const question = {
  jsonrpc: '2.0',
  id: 1,
  result: { resultType: 'input_required', requestState: 'a.b', inputRequests: {} },
}
const asJson: Script = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(question))
}

describe.each(transports)('request states over %s', (transport) => {
  /** An upstream that asks until it sees its own state again. */
  async function setUp(ask: Script = asJson) {
    const clock = { now: 1_000 }
    const upstream = await startUpstream((request, response) => {
      const params = request.message['params'] as JsonObject
      if (params['requestState'] === undefined) return ask(request, response)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { state: params['requestState'] } }))
    })
    const gateway = await startGateway(transport, upstream.url, {
      requestStates: signedRequestStates(signer, { route: 'route', now: () => clock.now }),
    })
    const call = async (params: JsonObject, headers: Record<string, string> = {}, method = 'tools/call') => {
      const { body, headers: own } = modern(method, params)
      const response = await post(gateway.url, body, { ...own, ...headers })
      const text = await response.text()
      const data = text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? '')
      return {
        status: response.status,
        answer: JSON.parse(data) as { result: JsonObject; error?: JsonObject },
      }
    }
    return { upstream, clock, call }
  }
  const params = { name: 'echo', arguments: { a: 1, b: { c: [1, 2] } } }

  it.each<[string, Script]>([
    ['JSON', asJson],
    ['an event stream', events(question)],
  ])('PROXY-15 wraps a state in %s and gives the upstream its own back', async (_name, ask) => {
    const { call } = await setUp(ask)
    const asked = (await call(params)).answer.result
    expect(asked['requestState']).toMatch(/\.a\.b$/)
    expect(asked['requestState']).not.toBe('a.b')
    const again = { arguments: { b: { c: [1, 2] }, a: 1 }, name: 'echo' }
    const repeated = await call({ ...again, requestState: asked['requestState'], inputResponses: { x: {} } })
    expect(repeated).toMatchObject({ status: 200, answer: { result: { state: 'a.b' } } })
  })

  it.each<[string, JsonObject, Record<string, string>, string]>([
    ['of another user', params, { authorization: 'Bearer bob inspector' }, 'tools/call'],
    ['of another client', params, { authorization: 'Bearer ada cursor' }, 'tools/call'],
    ['for another tool', { ...params, name: 'delete' }, {}, 'tools/call'],
    ['for other arguments', { ...params, arguments: { a: 2, b: { c: [1, 2] } } }, {}, 'tools/call'],
    [
      'for arguments in another order that counts',
      { ...params, arguments: { a: 1, b: { c: [2, 1] } } },
      {},
      'tools/call',
    ],
    ['for another method', params, {}, 'prompts/get'],
  ])('H09 refuses a state %s', async (_name, other, headers, method) => {
    const { call, upstream } = await setUp()
    const { requestState } = (await call(params)).answer.result
    const before = upstream.seen.length
    expect(await call({ ...other, requestState }, headers, method)).toMatchObject({
      status: 400,
      answer: { id: 1, error: { code: -32_602 } },
    })
    expect(upstream.seen).toHaveLength(before)
  })

  it('H09 refuses a state that is too old, forged, bare or no text', async () => {
    const { call, clock } = await setUp()
    const { requestState } = (await call(params)).answer.result
    const [expiry = '', mac = ''] = String(requestState).split('.')
    clock.now += 899
    expect((await call({ ...params, requestState })).status).toBe(200)
    for (const forged of [`${expiry}.${mac}.a.c`, `${Number(expiry) + 1}.${mac}.a.b`, 'a.b', '', 7, null]) {
      expect((await call({ ...params, requestState: forged })).status).toBe(400)
    }
    clock.now += 1
    expect((await call({ ...params, requestState })).status).toBe(400)
  })

  /** A question, as text, with `length` characters in front of its state, and as many behind. */
  const longQuestion = (before: number, behind = 0) => {
    const inputRequests = { x: { method: 'elicitation/create', params: { message: 'x'.repeat(before) } } }
    const result = { resultType: 'input_required', inputRequests, requestState: 'a.b', y: 'y'.repeat(behind) }
    return JSON.stringify({ jsonrpc: '2.0', id: 1, result })
  }
  const stateFirst = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    result: { _meta: { y: 'y'.repeat(2_000_000) }, requestState: 'a.b', resultType: 'input_required' },
  })
  const inPieces = (text: string): Script => {
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      // The mark is cut in two.
      const at = text.indexOf('requestState') + 3
      response.write(text.slice(0, at), () => response.end(text.slice(at)))
    }
  }

  it('PROXY-15 wraps the state of a question of a megabyte or two as well', async () => {
    const { call } = await setUp(inPieces(longQuestion(900_000, 1_100_000)))
    const asked = (await call(params)).answer.result
    expect(asked['requestState']).toMatch(/.\.a\.b$/)
    const again = { ...params, requestState: asked['requestState'], inputResponses: { x: {} } }
    expect(await call(again)).toMatchObject({ status: 200, answer: { result: { state: 'a.b' } } })
  })

  it.each([
    ['comes after what has been passed on', longQuestion(2_000_000)],
    ['shows itself to be one only behind it', stateFirst],
    ['belongs to more than can be read', longQuestion(900_000, 17_000_000)],
  ])('PROXY-15 lets no state out bare that %s', async (_what, text) => {
    const { call } = await setUp(inPieces(text))
    await expect(call(params)).rejects.toThrow()
  })

  it.each([
    ['modern', modern('tools/call', params)],
    ['session', { body: legacy('tools/call', params), headers: {} }],
  ])('passes a long answer of a %s upstream through that has a member of the same name', async (_, call) => {
    const structuredContent = { y: 'y'.repeat(1_100_000), requestState: 'a.b', z: 'z'.repeat(1_100_000) }
    const result = { content: [], structuredContent, resultType: 'complete' }
    const text = JSON.stringify({ jsonrpc: '2.0', id: 1, result })
    const upstream = await startUpstream(inPieces(text))
    const gateway = await startGateway(transport, upstream.url, {
      requestStates: signedRequestStates(signer, { route: 'route' }),
      tasks: signedTasks(signer, { route: 'route', upstream: upstream.url }),
    })
    const response = await post(gateway.url, call.body, call.headers)
    expect(await response.text()).toBe(text)
  })

  it('passes long answers through unread, and short ones byte for byte', async () => {
    for (const size of [10, 2_000_000]) {
      const text = `{ "jsonrpc":"2.0","id":1,"result":{"text":"${'x'.repeat(size)} \\"requestState\\" ","big":12345678901234567890}}`
      const upstream = await startUpstream((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(text)
      })
      const requestStates = signedRequestStates(signer, { route: 'route' })
      const gateway = await startGateway(transport, upstream.url, { requestStates })
      const { body, headers } = modern('tools/call', params)
      expect(await (await post(gateway.url, body, headers)).text()).toBe(text)
    }
  })
})

it('passes an answer through that comes in one piece, however long it is', async () => {
  const text = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [], y: 'y'.repeat(17_000_000) } })
  const upstream = 'https://upstream.test/mcp'
  const { fetch } = createMcpProxy({
    upstream: { url: upstream, name: 'Upstream', era: 'modern' },
    sessions: sealedSessions(readableSealer, 'route'),
    requestStates: signedRequestStates(signer, { route: 'route' }),
    fetch: () => Promise.resolve(new Response(text, { headers: { 'content-type': 'application/json' } })),
  })
  const { body, headers } = modern('tools/call', { name: 'echo' })
  const accept = 'application/json, text/event-stream'
  const init = { method: 'POST', headers: { ...headers, accept, 'content-type': 'application/json' } }
  const request = new Request('https://gateway.test/mcp', { ...init, body: JSON.stringify(body) })
  expect(await (await fetch(request, ada)).text()).toBe(text)
})
