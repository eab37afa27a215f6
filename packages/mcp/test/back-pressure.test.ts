import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createExchange } from '../src/exchange.ts'
import { NodeClient } from '../src/node-client.ts'
import { streamToClient } from '../src/node-stream.ts'
import type { BodySink } from '../src/node-upstream.ts'
import { relayBody } from '../src/relay-body.ts'
import type { Outgoing } from '../src/request-context.ts'
import { sealedSessions } from '../src/session-binding.ts'
import { ada, readableSealer } from './peers/gateway.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (chunk: Uint8Array | undefined) => new TextDecoder().decode(chunk)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a body over Fetch', () => {
  function start() {
    let pulls = 0
    const sent: string[] = []
    const { promise: never } = Promise.withResolvers<void>()
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulls += 1
          const next = sent.shift()
          if (next === undefined) return never
          controller.enqueue(bytes(next))
          return undefined
        },
      },
      { highWaterMark: 0 },
    )
    const onEnd = vi.fn()
    const body = relayBody(source, {
      filter: undefined,
      keepAliveMs: 15_000,
      onEnd,
      onCancel: onEnd,
    }).getReader()
    return { body, sent, onEnd, pulls: () => pulls }
  }

  it('PROXY-11 reads one chunk for one chunk taken', async () => {
    const { body, sent, pulls } = start()
    sent.push('data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n')
    expect(pulls()).toBe(0)
    expect(text((await body.read()).value)).toBe('data: 1\n\n')
    expect(pulls()).toBe(1)
    expect(text((await body.read()).value)).toBe('data: 2\n\n')
    expect(pulls()).toBe(2)
  })

  it('TR-12 sends a comment after fifteen idle seconds, and none in the middle of an event', async () => {
    const { body, sent } = start()
    const comment = body.read()
    await vi.advanceTimersByTimeAsync(14_999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(text((await comment).value)).toBe(':\n\n')
    expect(sent).toEqual([])
  })

  it('TR-12 sends no comment in the middle of an event', async () => {
    const { body, sent } = start()
    sent.push('data: half')
    expect(text((await body.read()).value)).toBe('data: half')
    const arrived = vi.fn()
    void body.read().then(arrived)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(arrived).not.toHaveBeenCalled()
  })

  it('gives the stream up when the client does', async () => {
    const { body, onEnd } = start()
    await body.cancel()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })
})

describe('a body on Node', () => {
  function start() {
    const exchange = createExchange(
      {
        upstream: { url: 'http://127.0.0.1/mcp', name: 'Upstream' },
        sessions: sealedSessions(readableSealer, 'route'),
      },
      () => Promise.reject(new Error('nothing is sent')),
    )
    const written: string[] = []
    const response = Object.assign(new EventEmitter(), {
      isFull: false,
      destroyed: false,
      writableNeedDrain: false,
      writeHead: vi.fn(),
      flushHeaders: vi.fn(),
      destroy: vi.fn(),
      write(chunk: Uint8Array) {
        written.push(text(chunk))
        return !this.isFull
      },
      end: vi.fn(),
    })
    let sink: BodySink | undefined
    const resume = vi.fn()
    const over = streamToClient(
      exchange,
      { context: { caller: ada } } as Outgoing,
      {
        status: 200,
        header: () => undefined,
        whole: () => undefined,
        pipe: (opened) => (sink = opened),
        resume,
        text: () => Promise.reject(new Error('not collected')),
        discard() {},
      },
      { kind: 'stream', status: 200, headers: {}, filter: undefined, isEventStream: true },
      new NodeClient(response as unknown as ServerResponse, undefined),
      () => {},
    )
    return { response, written, resume, over, sink: sink as unknown as BodySink }
  }

  it('PROXY-11 lets the upstream wait while the client is full, and go on when it has drained', async () => {
    const { sink, response, resume, written } = start()
    expect(sink.data(bytes('data: 1\n\n'))).toBe(true)
    response.isFull = true
    expect(sink.data(bytes('data: 2\n\n'))).toBe(false)
    expect(resume).not.toHaveBeenCalled()
    response.emit('drain')
    expect(resume).toHaveBeenCalledTimes(1)
    expect(written).toEqual(['data: 1\n\n', 'data: 2\n\n'])
  })

  it('TR-12 sends a comment after every fifteen idle seconds, and none in the middle of an event or to a full client', async () => {
    const { sink, response, written, over } = start()
    vi.advanceTimersByTime(15_000)
    expect(written).toEqual([':\n\n'])
    vi.advanceTimersByTime(14_000)
    sink.data(bytes('data: half'))
    vi.advanceTimersByTime(60_000)
    expect(written).toEqual([':\n\n', 'data: half'])
    sink.data(bytes('\n\n'))
    response.writableNeedDrain = true
    vi.advanceTimersByTime(15_000)
    response.writableNeedDrain = false
    vi.advanceTimersByTime(15_000)
    expect(written).toEqual([':\n\n', 'data: half', '\n\n', ':\n\n'])
    sink.end()
    await over
    expect(vi.getTimerCount()).toBe(0)
  })
})
