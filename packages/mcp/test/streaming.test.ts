import type { ServerResponse } from 'node:http'

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { sealedSessions } from '../src/index.ts'
import { createNodeMcpProxy } from '../src/node.ts'
import { ada, readableSealer, startGateway, transports } from './peers/gateway.ts'
import { serve } from './peers/loopback.ts'
import { legacy, modern, post } from './peers/messages.ts'
import { answer, events, startUpstream } from './peers/scripted-upstream.ts'

const call = modern('tools/call', { name: 'echo' })
const listen = modern('subscriptions/listen', {})

/** An upstream that opens an event stream and leaves the rest to the test. */
async function openStream() {
  const { promise: opened, resolve } = Promise.withResolvers<ServerResponse>()
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    response.once('close', () => close())
    resolve(response)
  })
  return { upstream, opened, closed }
}

function reader(response: Response) {
  const source = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  return {
    /** The next chunk as text; undefined at the end. */
    async next() {
      const { done, value } = await source.read()
      return done ? undefined : decoder.decode(value, { stream: true })
    },
    cancel: () => source.cancel(),
  }
}

describe.each(transports)('streams over %s', (transport) => {
  // The server that carries the Fetch transport here writes every broken stream to the console.
  beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())
  afterEach(() => void vi.restoreAllMocks())

  it('PROXY-11, TR-12 passes head and events on as they come', async () => {
    const { upstream, opened } = await openStream()
    const gateway = await startGateway(transport, upstream.url)
    const response = await post(gateway.url, call.body, call.headers)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('cache-control')).toContain('no-transform')
    const stream = await opened
    const { next } = reader(response)
    for (const text of [
      'event: message\ndata: {"a":',
      '1}\n\n',
      ': comment\n\n',
      'id: 7\r\ndata: x\r\n\r\n',
    ]) {
      stream.write(text)
      expect(await next()).toBe(text)
    }
    stream.end()
    expect(await next()).toBeUndefined()
    expect(gateway.errors).toEqual([])
  })

  it('PROXY-11 passes a JSON body on as it comes', async () => {
    const { promise: opened, resolve } = Promise.withResolvers<ServerResponse>()
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"jsonrpc":"2.0",')
      resolve(response)
    })
    const gateway = await startGateway(transport, upstream.url)
    const { next } = reader(await post(gateway.url, call.body, call.headers))
    expect(await next()).toBe('{"jsonrpc":"2.0",')
    ;(await opened).end('"id":1,"result":{}}')
    expect(await next()).toBe('"id":1,"result":{}}')
  })

  it.each([
    ['a short answer', 'Grüße, 世界 🌍'],
    ['a long answer', 'Grüße, 世界 🌍'.repeat(20_000)],
  ])('PROXY-11 passes %s on byte for byte', async (_name, text) => {
    const result = { content: [{ type: 'text', text }], isError: false }
    const upstream = await startUpstream(answer(result))
    const gateway = await startGateway(transport, upstream.url)
    const response = await post(gateway.url, call.body, call.headers)
    const body = JSON.stringify({ jsonrpc: '2.0', id: call.body['id'], result })
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(body))).toBe(true)
  })

  it('TR-10, H08 ends the upstream request when the client leaves in the middle of a stream', async () => {
    const { upstream, opened, closed } = await openStream()
    const gateway = await startGateway(transport, upstream.url)
    const client = reader(await post(gateway.url, call.body, call.headers))
    ;(await opened).write('data: x\n\n')
    await client.next()
    await client.cancel()
    expect(await closed).toBeUndefined()
    expect(gateway.errors).toEqual([])
  })

  it('TR-10, H08 ends the upstream request when the client leaves before there is an answer', async () => {
    const { promise: closed, resolve: close } = Promise.withResolvers<void>()
    const client = new AbortController()
    const upstream = await startUpstream((_request, response) => {
      response.once('close', () => close())
      client.abort()
    })
    const gateway = await startGateway(transport, upstream.url)
    await expect(post(gateway.url, call.body, call.headers, { signal: client.signal })).rejects.toThrow(
      /abort/,
    )
    await closed
    expect(gateway.errors).toEqual([])
  })

  it('TR-12, COMPAT-20 sends comments while a stream is idle, between events only', async () => {
    const { upstream, opened } = await openStream()
    const gateway = await startGateway(transport, upstream.url, { limits: { keepAliveMs: 20 } })
    const { next } = reader(await post(gateway.url, listen.body, listen.headers))
    const stream = await opened
    expect(await next()).toBe(':\n\n')
    stream.write('data: x\n\n')
    let text = ''
    while (!text.includes('data: x\n\n:\n\n')) text += (await next()) ?? ''
  })

  it('TR-17 ends a stream at the time limit, whatever progress it reports', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => response.write('data: progress\n\n'), 10)
      response.once('close', () => clearInterval(timer))
    })
    const gateway = await startGateway(transport, upstream.url, { limits: { requestMs: 100 } })
    const response = await post(gateway.url, call.body, call.headers)
    await expect(response.text()).rejects.toThrow()
  })

  it('TR-17 lets a subscription and a GET stream outlive the limit of requests, until their own', async () => {
    const limits = { requestMs: 1, streamMs: 150 }
    for (const open of [
      (url: string) => post(url, listen.body, listen.headers),
      (url: string) => fetch(url, { headers: { accept: 'text/event-stream' } }),
    ]) {
      const { upstream, closed } = await openStream()
      const gateway = await startGateway(transport, upstream.url, { limits })
      const response = await open(gateway.url)
      await expect(response.text()).rejects.toThrow()
      await closed
    }
  })

  it('RS-19 ends a long-lived stream when the token of the caller expires', async () => {
    const { upstream, closed } = await openStream()
    const gateway = await startGateway(transport, upstream.url, {
      caller: { expiresAt: 1_000 },
      now: () => 999.9,
    })
    const response = await post(gateway.url, listen.body, listen.headers)
    await expect(response.text()).rejects.toThrow()
    await closed
  })

  it.each([
    ['a subscription', (url: string) => post(url, listen.body, listen.headers)],
    ['a GET stream', (url: string) => fetch(url, { headers: { accept: 'text/event-stream' } })],
  ])('RS-19 ends %s when the caller loses access, and not while nobody can tell', async (_, open) => {
    const { upstream, opened, closed } = await openStream()
    const asked: string[] = []
    const answers = [() => Promise.resolve(true), () => Promise.reject(new Error('away'))]
    const gateway = await startGateway(transport, upstream.url, {
      access: {
        everyMs: 5,
        async holds({ subject }) {
          asked.push(subject)
          return (await answers.shift()?.()) ?? false
        },
      },
    })
    const response = await open(gateway.url)
    await opened
    await expect(response.text()).rejects.toThrow()
    await closed
    expect(asked).toEqual(['ada', 'ada', 'ada'])
  })

  it('RS-19 does not ask again about a call that is answered in a moment', async () => {
    const upstream = await startUpstream(answer({ content: [] }))
    const holds = vi.fn(() => Promise.resolve(false))
    const gateway = await startGateway(transport, upstream.url, { access: { everyMs: 1, holds } })
    expect((await post(gateway.url, call.body, call.headers)).status).toBe(200)
    expect(holds).not.toHaveBeenCalled()
  })

  it('cuts the connection when the upstream breaks off in the middle, and does not pretend an end', async () => {
    const { upstream, opened } = await openStream()
    const gateway = await startGateway(transport, upstream.url)
    const response = await post(gateway.url, call.body, call.headers)
    ;(await opened).destroy()
    await expect(response.text()).rejects.toThrow()
    expect(gateway.errors).toHaveLength(1)
  })

  it('H08 answers one stream too many by 429, per user, and makes room when one ends', async () => {
    const { upstream, opened } = await openStream()
    const gateway = await startGateway(transport, upstream.url, { limits: { streamsPerSubject: 1 } })
    const open = (subject: string) =>
      post(gateway.url, listen.body, { ...listen.headers, authorization: `Bearer ${subject} inspector` })
    const first = reader(await open('ada'))
    const second = await open('ada')
    expect(second.status).toBe(429)
    expect(second.headers.get('retry-after')).toBe('10')
    expect((await open('bob')).status).toBe(200)
    ;(await opened).end()
    expect(await first.next()).toBeUndefined()
    expect((await open('ada')).status).toBe(200)
  })

  it('streams ten thousand events and loses none', async () => {
    const messages = Array.from({ length: 10_000 }, (_, step) => ({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { step },
    }))
    const upstream = await startUpstream(events(...messages, { jsonrpc: '2.0', id: 1, result: {} }))
    const gateway = await startGateway(transport, upstream.url)
    const text = await (await post(gateway.url, legacy('tools/call', { name: 'count' }))).text()
    expect(text.match(/^data: /gm)).toHaveLength(10_001)
  })
})

it('tells the length of a whole answer on Node, beside the headers of its host', async () => {
  const upstream = await startUpstream(answer({ content: [] }))
  const proxy = createNodeMcpProxy({
    upstream: { url: upstream.url, name: 'Upstream', era: 'both' },
    sessions: sealedSessions(readableSealer, 'route'),
    onAnswered: () => undefined,
  })
  onTestFinished(() => proxy.close())
  const url = await serve((request, response) => {
    void proxy.handle(request, response, ada, 'request-1', { vary: 'origin' })
  })
  const response = await post(url, call.body, call.headers)
  const body = await response.text()
  expect(response.headers.get('content-length')).toBe(String(body.length))
  expect(response.headers.get('vary')).toBe('origin')
  const refused = await post(url, 'no JSON')
  expect(refused.status).toBe(400)
  expect(refused.headers.get('vary')).toBe('origin')
})
