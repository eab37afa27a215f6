import type { ServerResponse } from 'node:http'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { AnsweredCall, CapabilityPolicy, JsonObject } from '../src/index.ts'
import { type GatewayOptions, startGateway, transports } from './peers/gateway.ts'
import { initialize, legacy, modern, post } from './peers/messages.ts'
import { type SessionUpstreamOptions, startScriptedSessions } from './peers/scripted-session-upstream.ts'
import { type Script, startUpstream } from './peers/scripted-upstream.ts'

const call = modern('tools/call', { name: 'echo' })
const forms = { elicitation: { form: {} } }

/** Wants to see lists, and leaves them as they are. */
const policy: CapabilityPolicy = {
  judge: () => ({ kind: 'allow' }),
  filteredMethods: new Set(['tools/list']),
  filter: (result) => result,
}

describe.each(transports)('upstreams with habits of their own, over %s', (transport) => {
  // The server that carries the Fetch transport here writes every broken stream to the console.
  beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())
  afterEach(() => void vi.restoreAllMocks())

  /** A modern client in front of an upstream of the session eras. */
  async function startTranslating(upstreamOptions: SessionUpstreamOptions, options: GatewayOptions = {}) {
    const upstream = await startScriptedSessions(upstreamOptions)
    const gateway = await startGateway(transport, upstream.url, { era: 'legacy', ...options })
    const send = async (capabilities: JsonObject = {}) => {
      const { body, headers } = modern('tools/call', { name: 'echo' }, capabilities)
      const response = await post(gateway.url, body, headers)
      return { status: response.status, body: (await response.json()) as JsonObject }
    }
    return { upstream, gateway, send }
  }

  it.each<[string, Script]>([
    ['no body', (_request, response) => void response.writeHead(200).end()],
    [
      'text',
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end('ok'),
    ],
    [
      'a JSON body',
      (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
    ],
  ])('H03, G07 answers a notification by 202 where the upstream says 200 with %s', async (_name, script) => {
    const upstream = await startUpstream(script)
    const gateway = await startGateway(transport, upstream.url)
    const { id: _id, ...notification } = legacy('notifications/initialized')
    const response = await post(gateway.url, notification)
    expect([response.status, await response.text()]).toEqual([202, ''])
    expect((await post(gateway.url, initialize())).status).toBe(_name === 'a JSON body' ? 200 : 502)
  })

  it('TR-12 tells no length of an event stream, to which comments may be added', async () => {
    const text = 'data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n'
    const upstream = await startUpstream((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream', 'content-length': text.length })
        .end(text)
    })
    const gateway = await startGateway(transport, upstream.url)
    const response = await post(gateway.url, call.body, call.headers)
    expect(response.headers.get('content-length')).toBeNull()
    expect(await response.text()).toBe(text)
  })

  it('H08 ends the upstream request of a stream that is one too many', async () => {
    const closed = Promise.withResolvers<void>()
    let count = 0
    const upstream = await startUpstream((_request, response) => {
      count += 1
      if (count === 2) response.once('close', () => closed.resolve())
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    })
    const gateway = await startGateway(transport, upstream.url, { limits: { streamsPerSubject: 1 } })
    const first = await post(gateway.url, call.body, call.headers)
    expect((await post(gateway.url, call.body, call.headers)).status).toBe(429)
    expect(await closed.promise).toBeUndefined()
    await first.body?.cancel()
  })

  it('H08 ends the upstream request of a stream that it cannot go on filtering', async () => {
    const closed = Promise.withResolvers<void>()
    const upstream = await startUpstream((_request, response) => {
      response.once('close', () => closed.resolve())
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${'x'.repeat(17 * 1_048_576)}`)
    })
    const gateway = await startGateway(transport, upstream.url, { policy })
    const list = modern('tools/list')
    const response = await post(gateway.url, list.body, list.headers)
    await expect(response.text()).rejects.toThrow()
    expect(await closed.promise).toBeUndefined()
  })

  it('H08 ends the upstream request whose answer it cannot judge, and tells how the call ended', async () => {
    const closed = Promise.withResolvers<void>()
    const answered: AnsweredCall[] = []
    const upstream = await startUpstream((_request, response) => {
      response.once('close', () => closed.resolve())
      response.writeHead(401).write('no')
    })
    const gateway = await startGateway(transport, upstream.url, {
      onAnswered: (one) => answered.push(one),
      upstream: {
        url: upstream.url,
        name: 'Upstream',
        era: 'both',
        authorize: () => ({
          headers: {},
          refresh: () => Promise.reject(new Error('the storage is away')),
        }),
      },
    })
    expect((await post(gateway.url, call.body, call.headers)).status).toBe(503)
    expect(await closed.promise).toBeUndefined()
    expect(answered).toMatchObject([{ tool: 'echo', ending: 'no_answer' }])
  })

  it('G07 takes 200 for an answer to the notifications of a handshake', async () => {
    const upstream = await startUpstream(({ message }, response) => {
      if (message['id'] === undefined) return void response.writeHead(200).end()
      const result = message['method'] === 'initialize' ? { protocolVersion: '2025-06-18' } : { ok: true }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result }))
    })
    const gateway = await startGateway(transport, upstream.url, { era: 'legacy' })
    const response = await post(gateway.url, call.body, call.headers)
    expect(await response.json()).toMatchObject({ result: { ok: true } })
  })

  it('PROXY-10 opens a new session where the upstream says in plain text that it has forgotten the old one', async () => {
    let isForgotten = false
    const { send, upstream } = await startTranslating({
      script({ message, headers }, response) {
        if (isForgotten && headers['mcp-session-id'] === 'session-1') {
          return void response.writeHead(404, { 'content-type': 'text/plain' }).end('session not found')
        }
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result: {} }))
      },
    })
    expect((await send()).status).toBe(200)
    isForgotten = true
    expect((await send()).status).toBe(200)
    expect(upstream.requests('initialize')).toHaveLength(2)
  })

  it.each<[string, Script]>([
    ['breaks before its head', (_request, response) => void response.destroy()],
    // Some send no head before the first event.
    ['has no head yet', () => {}],
  ])(
    'UP-18 calls without the stream for questions where it %s, and tries it again',
    async (_name, script) => {
      let opened = 0
      const upstream = await startUpstream((request, response) => {
        const { method, message } = request
        if (method === 'GET') opened += 1
        if (method === 'GET') return script(request, response)
        if (message['id'] === undefined) return void response.writeHead(202).end()
        const result = message['method'] === 'initialize' ? { protocolVersion: '2025-06-18' } : { ok: true }
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result }))
      })
      const gateway = await startGateway(transport, upstream.url, { era: 'legacy' })
      const { body, headers } = modern('tools/call', { name: 'echo' }, forms)
      for (const expected of [1, 2]) {
        const response = await post(gateway.url, body, headers)
        expect(await response.json()).toMatchObject({ result: { ok: true } })
        expect(opened).toBe(expected)
      }
    },
  )

  it('G07 tells of a translated call whose answer breaks off: 502, and how it ended', async () => {
    const answered: AnsweredCall[] = []
    const { send } = await startTranslating(
      {
        script(_request, response: ServerResponse) {
          response.writeHead(200, { 'content-type': 'application/json' }).write('{"jsonrpc":')
          setImmediate(() => response.destroy())
        },
      },
      { onAnswered: (one) => answered.push(one) },
    )
    expect(await send()).toMatchObject({
      status: 502,
      body: { error: { data: { upstream: 'Upstream', reason: 'unreachable' } } },
    })
    expect(answered).toMatchObject([{ tool: 'echo', ending: 'unreachable' }])
  })

  it('H06 opens a session for a second request where the client of the first leaves during the handshake', async () => {
    const first = new AbortController()
    const begun = Promise.withResolvers<void>()
    const upstream = await startUpstream(({ message }, response) => {
      if (message['method'] === 'initialize' && upstream.seen.length === 1) return begun.resolve()
      if (message['id'] === undefined) return void response.writeHead(202).end()
      const result = message['method'] === 'initialize' ? { protocolVersion: '2025-06-18' } : { ok: true }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result }))
    })
    const joined = Promise.withResolvers<void>()
    let calls = 0
    const gateway = await startGateway(transport, upstream.url, {
      era: 'legacy',
      upstream: {
        url: upstream.url,
        name: 'Upstream',
        era: 'legacy',
        authorize() {
          calls += 1
          if (calls === 2) setImmediate(() => joined.resolve())
          return { headers: {} }
        },
      },
    })
    const left = post(gateway.url, call.body, call.headers, { signal: first.signal }).catch(() => 'left')
    await begun.promise
    const second = post(gateway.url, call.body, call.headers)
    await joined.promise
    first.abort()
    expect(await left).toBe('left')
    expect(await (await second).json()).toMatchObject({ result: { ok: true } })
    expect(gateway.errors).toEqual([])
  })

  it('H08 ends a call that waits for an answer which the upstream does not take', async () => {
    const closed = Promise.withResolvers<void>()
    const asked = { jsonrpc: '2.0', id: 'q1', method: 'elicitation/create', params: { message: 'Name?' } }
    const upstream = await startUpstream(({ method, message }, response) => {
      if (method === 'GET') return void response.writeHead(405).end()
      if (message['id'] === 'q1') return void response.writeHead(500).end()
      if (message['id'] === undefined) return void response.writeHead(202).end()
      if (message['method'] === 'tools/call') {
        response.once('close', () => closed.resolve())
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        return void response.write(`data: ${JSON.stringify(asked)}\n\n`)
      }
      response.writeHead(200, { 'content-type': 'application/json' })
      const result = { protocolVersion: '2025-06-18' }
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result }))
    })
    const gateway = await startGateway(transport, upstream.url, { era: 'legacy' })
    const send = async (params: JsonObject) => {
      const { body, headers } = modern('tools/call', { name: 'echo', ...params }, forms)
      const response = await post(gateway.url, body, headers)
      return (await response.json()) as { result: JsonObject; error?: JsonObject }
    }
    const { result } = await send({})
    const inputResponses = { 'request-q1': { action: 'accept', content: {} } }
    const answered = await send({ requestState: result['requestState'], inputResponses })
    expect(answered.error).toMatchObject({ data: { reason: 'failed' } })
    expect(await closed.promise).toBeUndefined()
  })

  it('TL-04 hands out the session that an upstream begins, whatever session the client had before', async () => {
    let count = 0
    const upstream = await startUpstream(({ message, headers }, response) => {
      const session =
        message['method'] === 'initialize' ? `session-${(count += 1)}` : headers['mcp-session-id']
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': String(session) })
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result: {} }))
    })
    const gateway = await startGateway(transport, upstream.url)
    const handleOf = (response: Response) => response.headers.get('mcp-session-id') ?? ''
    const old = handleOf(await post(gateway.url, initialize()))
    const handle = handleOf(await post(gateway.url, initialize(), { 'mcp-session-id': old }))
    const listed = await post(gateway.url, legacy('tools/list'), { 'mcp-session-id': handle })
    expect(handleOf(listed)).toBe(handle)
    expect(upstream.seen.at(-1)?.headers['mcp-session-id']).toBe('session-2')
  })
})
