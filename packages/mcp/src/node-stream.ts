import type { ServerResponse } from 'node:http'

import type { BodyFilter } from './body-filter.ts'
import { concatenate } from './concatenate.ts'
import type { Exchange } from './exchange.ts'
import type { Incoming } from './interpret-response.ts'
import { eventBoundary, keepAliveComment } from './keep-alive.ts'
import { writeAnswer } from './node-answer.ts'
import type { UpstreamResponse } from './node-upstream.ts'
import type { Outgoing } from './request-context.ts'

/** Writes a body as it comes; a client that does not read makes the upstream wait. Settles when the body is over. */
export async function streamToClient(
  { limits, streams }: Exchange,
  { context: { caller, requestId, call } }: Outgoing,
  upstream: UpstreamResponse,
  { status, headers, filter, isEventStream }: Incoming & { kind: 'stream' },
  response: ServerResponse,
  report: (error: unknown) => void,
): Promise<void> {
  const full = isEventStream ? streams.take(caller) : undefined
  if (full !== undefined) {
    upstream.discard()
    call?.end('no_answer')
    return writeAnswer(response, full, requestId)
  }
  response.writeHead(status, headers)
  if (!isEventStream) {
    await pipe(upstream, response, (chunk) => chunk, filter, report)
    call?.end('client_left')
    return
  }

  response.flushHeaders()
  const boundary = eventBoundary()
  const keepAlive = setInterval(() => {
    if (boundary.isBetweenEvents() && !response.writableNeedDrain) response.write(keepAliveComment)
  }, limits.keepAliveMs)
  const seen = (chunk: Uint8Array) => {
    boundary.see(chunk)
    keepAlive.refresh()
    return chunk
  }
  try {
    await pipe(upstream, response, seen, filter, report)
  } finally {
    clearInterval(keepAlive)
    call?.end('client_left')
    streams.release(caller)
  }
}

function pipe(
  upstream: UpstreamResponse,
  response: ServerResponse,
  seen: (chunk: Uint8Array) => Uint8Array,
  filter: BodyFilter | undefined,
  report: (error: unknown) => void,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  response.on('drain', () => upstream.resume())
  /** The head is on its way: all that can be said now is that the body is not complete. */
  const cut = (error: unknown) => {
    if (!response.destroyed) report(error)
    response.destroy()
    resolve()
  }
  upstream.pipe({
    data(chunk) {
      try {
        const bytes = filter === undefined ? chunk : filter.push(chunk)
        return bytes.byteLength === 0 || response.write(seen(bytes))
      } catch (error) {
        cut(error)
        return false
      }
    },
    end(last) {
      try {
        response.end(filter === undefined ? last : filteredEnd(filter, last))
        resolve()
      } catch (error) {
        cut(error)
      }
    },
    fail: cut,
  })
  return promise
}

function filteredEnd(filter: BodyFilter, last: Uint8Array | undefined): Uint8Array {
  const bytes = last === undefined ? undefined : filter.push(last)
  const rest = filter.end()
  if (bytes === undefined || bytes.byteLength === 0) return rest
  return rest.byteLength === 0 ? bytes : concatenate([bytes, rest])
}
