import type { ServerResponse } from 'node:http'

import type { BodyFilter } from './body-filter.ts'
import { concatenate } from './concatenate.ts'
import type { Exchange } from './exchange.ts'
import type { Incoming } from './interpret-response.ts'
import { eventBoundary, keepAliveComment } from './keep-alive.ts'
import type { NodeClient } from './node-client.ts'
import type { UpstreamResponse } from './node-upstream.ts'
import type { Outgoing } from './request-context.ts'

type Streamed = Incoming & { kind: 'stream' }

/** Hands a body on; settles when it is over. */
export function streamToClient(
  exchange: Exchange,
  outgoing: Outgoing,
  upstream: UpstreamResponse,
  incoming: Streamed,
  client: NodeClient,
  report: (error: unknown) => void,
): Promise<void> | undefined {
  if (incoming.isEventStream) return streamEvents(exchange, outgoing, upstream, incoming, client, report)
  const { status, headers, filter } = incoming
  const { call } = outgoing.context
  const body = upstream.whole()
  if (body === undefined) {
    client.begin(status, headers)
    return pipe(upstream, client.response, (chunk) => chunk, filter, report).then(() =>
      call?.end('client_left'),
    )
  }
  client.send(status, headers, filter === undefined ? body : filteredEnd(filter, body))
  call?.end('client_left')
  return undefined
}

async function streamEvents(
  { limits, streams }: Exchange,
  { context: { caller, call } }: Outgoing,
  upstream: UpstreamResponse,
  { status, headers, filter }: Streamed,
  client: NodeClient,
  report: (error: unknown) => void,
): Promise<void> {
  const full = streams.take(caller)
  if (full !== undefined) {
    upstream.discard()
    call?.end('no_answer')
    return client.answer(full)
  }
  const { response } = client
  joinWrites(response)
  client.begin(status, headers)
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

/** What is written in this turn goes out at once: a head with the events that have come with it. */
function joinWrites({ socket }: ServerResponse): void {
  if (!socket) return
  socket.cork()
  process.nextTick(() => socket.uncork())
}

/** Writes a body as it comes; a client that does not read makes the upstream wait. */
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
    upstream.discard()
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
