import type { Dispatcher } from 'undici'
import { expect, it, vi } from 'vitest'

import { type BodySink, upstreamRequests } from '../src/node-upstream.ts'
import type { Outgoing } from '../src/request-context.ts'

/** A response that arrives as told, before anybody has asked for its body. */
async function arriving() {
  const controller = { pause: vi.fn(), resume: vi.fn(), abort: vi.fn() }
  const told = Promise.withResolvers<Required<Dispatcher.DispatchHandler>>()
  const dispatcher = {
    dispatch: (_options: unknown, handler: Required<Dispatcher.DispatchHandler>) => told.resolve(handler),
  } as unknown as Dispatcher
  const lifetime = { givenUp: () => undefined, onAbort: () => {}, end: () => {} }
  const outgoing = { url: 'http://127.0.0.1/mcp', method: 'POST', headers: {} } as unknown as Outgoing
  const requested = upstreamRequests(dispatcher)(outgoing, lifetime)
  const handler = await told.promise
  const undici = controller as unknown as Dispatcher.DispatchController
  handler.onRequestStart(undici, {})
  handler.onResponseStart(undici, 200, {}, 'OK')
  return {
    upstream: await requested,
    controller,
    data: (bytes: number) => handler.onResponseData(undici, Buffer.alloc(bytes)),
    end: () => handler.onResponseEnd(undici, {}),
  }
}

function sinkOf(isFull = false) {
  const taken: number[] = []
  const sink: BodySink = {
    data(chunk) {
      taken.push(chunk.byteLength)
      return !isFull
    },
    end: vi.fn(),
    fail: vi.fn(),
  }
  return { taken, sink }
}

const chunk = 65_536

it('PROXY-11 an upstream waits when nobody has asked for its body yet, and goes on when somebody does', async () => {
  const { upstream, controller, data } = await arriving()
  for (let chunks = 0; chunks < 4; chunks += 1) data(chunk)
  expect(controller.pause).not.toHaveBeenCalled()
  data(chunk)
  expect(controller.pause).toHaveBeenCalled()
  expect(upstream.whole()).toBeUndefined()
  const { taken, sink } = sinkOf()
  upstream.pipe(sink)
  expect(taken).toEqual([chunk, chunk, chunk, chunk, chunk])
  expect(controller.resume).toHaveBeenCalledTimes(1)
})

it('PROXY-11 an upstream that waits goes on waiting for who is full already', async () => {
  const { upstream, controller, data } = await arriving()
  for (let chunks = 0; chunks < 5; chunks += 1) data(chunk)
  upstream.pipe(sinkOf(true).sink)
  expect(controller.resume).not.toHaveBeenCalled()
  upstream.resume()
  expect(controller.resume).toHaveBeenCalledTimes(1)
})

it('an upstream that waits goes on when its body is discarded', async () => {
  const { upstream, controller, data, end } = await arriving()
  for (let chunks = 0; chunks < 5; chunks += 1) data(chunk)
  upstream.discard()
  expect(controller.resume).toHaveBeenCalled()
  end()
})

it('a short body that is there at once is one piece, and waits for nobody', async () => {
  const { upstream, controller, data, end } = await arriving()
  data(chunk)
  data(1)
  end()
  expect(upstream.whole()?.byteLength).toBe(chunk + 1)
  expect(controller.pause).not.toHaveBeenCalled()
})
