import type { Dispatcher } from 'undici'

import { concatenate } from './concatenate.ts'
import { ConnectionError } from './connection-error.ts'
import type { NodeLifetime } from './node-lifetime.ts'
import { decodeUtf8 } from './read-body.ts'
import type { Outgoing } from './request-context.ts'

/** What takes a body: `data` returns false when it wants no more until `resume`. */
export interface BodySink {
  data(chunk: Uint8Array): boolean
  /** `last` has not been handed over yet: a body that is there at once is one piece, and can be written as one. */
  end(last?: Uint8Array): void
  fail(error: Error): void
}

/** The upstream's response as undici delivers it, without a stream object in between. */
export interface UpstreamResponse {
  readonly status: number
  header(name: string): string | undefined
  /** The body, taken, where all of it is there already. */
  whole(): Uint8Array | undefined
  /** Hands the body over, from its first byte. */
  pipe(sink: BodySink): void
  resume(): void
  /** The whole body as text; undefined when it is longer than `maxBytes` or no UTF-8; throws `ConnectionError`. */
  text(maxBytes: number): Promise<string | undefined>
  /** Reads a short rest, so that the connection can be used again, and cuts off a long one. */
  discard(): void
}

/** Bytes of an uninteresting body that are read to keep the connection. */
const maxDiscardedBytes = 65_536

/**
 * Sends a request; resolves with the head of the response.
 *
 * @throws {ConnectionError} when there is none
 */
export type RequestUpstream = (outgoing: Outgoing, lifetime: NodeLifetime) => Promise<UpstreamResponse>

/** Requests to one upstream, whose URL is nearly always the same. */
export function upstreamRequests(dispatcher: Dispatcher): RequestUpstream {
  let target = { url: '', origin: '', path: '' }
  return (outgoing, lifetime) => {
    const { url } = outgoing
    if (url !== target.url) {
      const { origin, pathname, search } = new URL(url)
      target = { url, origin, path: `${pathname}${search}` }
    }
    return requestUpstream(dispatcher, target, outgoing, lifetime)
  }
}

function requestUpstream(
  dispatcher: Dispatcher,
  { origin, path }: { readonly origin: string; readonly path: string },
  { method, headers, body }: Outgoing,
  lifetime: NodeLifetime,
): Promise<UpstreamResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<UpstreamResponse>()
  // The first chunks come in the same turn as the head, before anybody could have asked for them.
  const inbox = createInbox()

  dispatcher.dispatch(
    { origin, path, method, headers, body: body ?? null },
    {
      onRequestStart(controller) {
        lifetime.onAbort((reason) => controller.abort(reason))
      },
      onResponseStart(controller, status, received) {
        if (status < 200) return
        resolve({
          status,
          header(name) {
            const value = received[name]
            return Array.isArray(value) ? value.join(', ') : value
          },
          whole: () => inbox.whole(),
          pipe: (sink) => inbox.open(sink),
          resume: () => controller.resume(),
          text: (maxBytes) => collect(inbox, maxBytes, controller),
          discard: () => discard(inbox, controller),
        })
      },
      onResponseData(controller, chunk) {
        if (!inbox.data(chunk)) controller.pause()
      },
      onResponseEnd: () => inbox.end(),
      onResponseError(_controller, error) {
        reject(new ConnectionError(error))
        inbox.fail(error)
      },
    },
  )
  return promise
}

interface Inbox extends BodySink {
  whole(): Uint8Array | undefined
  open(sink: BodySink): void
}

/** Keeps what arrives until somebody takes it. */
function createInbox(): Inbox {
  const early: Uint8Array[] = []
  let over: 'ended' | Error | undefined
  let sink: BodySink | undefined
  return {
    data(chunk) {
      if (sink !== undefined) return sink.data(chunk)
      early.push(chunk)
      return true
    },
    end() {
      if (sink === undefined) over = 'ended'
      else sink.end()
    },
    fail(error) {
      if (sink === undefined) over = error
      else sink.fail(error)
    },
    whole: () => (over === 'ended' ? concatenate(early) : undefined),
    open(opened) {
      sink = opened
      const last = over === 'ended' ? early.pop() : undefined
      for (const chunk of early) opened.data(chunk)
      if (over === 'ended') opened.end(last)
      else if (over !== undefined) opened.fail(over)
    },
  }
}

function collect(
  inbox: Inbox,
  maxBytes: number,
  controller: Dispatcher.DispatchController,
): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const chunks: Uint8Array[] = []
  let length = 0
  const take = (chunk: Uint8Array) => {
    length += chunk.byteLength
    if (length > maxBytes) {
      resolve(undefined)
      controller.abort(new Error('the body is too large'))
    } else {
      chunks.push(chunk)
    }
    return true
  }
  inbox.open({
    data: take,
    end(last) {
      if (last !== undefined) take(last)
      resolve(decodeUtf8(chunks))
    },
    fail: (error) => reject(new ConnectionError(error)),
  })
  return promise
}

function discard(inbox: Inbox, controller: Dispatcher.DispatchController): void {
  let length = 0
  inbox.open({
    data(chunk) {
      length += chunk.byteLength
      if (length > maxDiscardedBytes) controller.abort(new Error('the body is not wanted'))
      return true
    },
    end() {},
    fail() {},
  })
}
