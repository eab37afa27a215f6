import type { IncomingHttpHeaders } from 'node:http'

import type { Dispatcher } from 'undici'

import { concatenate } from './concatenate.ts'
import { ConnectionError } from './connection-error.ts'
import type { NodeLifetime } from './node-lifetime.ts'
import { decodeUtf8 } from './read-body.ts'
import type { Outgoing } from './request-context.ts'
import type { ReadHeader } from './upstream-headers.ts'

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
  readonly header: ReadHeader
  /** The body, taken, where all of it is there already. */
  whole(): Uint8Array | undefined
  /** Hands the body over, from its first byte. */
  pipe(sink: BodySink): void
  resume(): void
  /** The whole body as text; undefined when it is longer than `maxBytes` or no UTF-8; throws `ConnectionError`. */
  text(maxBytes: number): Promise<string | undefined>
  /** Reads a short rest that comes soon, so that the connection can be used again, and cuts off any other. */
  discard(): void
}

/** Bytes that are kept for whoever has not asked for the body yet: from then on the upstream waits. */
const maxEarlyBytes = 262_144
/** Bytes of an uninteresting body that are read to keep the connection. */
const maxDiscardedBytes = 65_536
const maxDiscardingMs = 1_000

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
  const handler = new ArrivingResponse(lifetime, resolve, reject)
  dispatcher.dispatch({ origin, path, method, headers, body: body ?? null }, handler)
  return promise
}

/**
 * A response on its way from undici to whoever asked. The first chunks, often all, come in the same turn as the head, before
 * anybody could have asked for them: they are kept until then.
 */
class ArrivingResponse implements Dispatcher.DispatchHandler, UpstreamResponse {
  status = 0
  /** A function of its own: it is handed on without the response. */
  readonly header: ReadHeader = (name) => {
    const value = this.#headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  readonly #lifetime: NodeLifetime
  readonly #begin: (response: UpstreamResponse) => void
  readonly #refuse: (error: ConnectionError) => void
  #controller: Dispatcher.DispatchController | undefined
  #headers: IncomingHttpHeaders = {}
  readonly #early: Uint8Array[] = []
  #earlyBytes = 0
  #over: 'ended' | Error | undefined
  #sink: BodySink | undefined

  constructor(
    lifetime: NodeLifetime,
    begin: (response: UpstreamResponse) => void,
    refuse: (error: ConnectionError) => void,
  ) {
    this.#lifetime = lifetime
    this.#begin = begin
    this.#refuse = refuse
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#lifetime.onAbort((reason) => controller.abort(reason))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return
    this.status = status
    this.#headers = headers
    this.#begin(this)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#sink !== undefined) {
      if (!this.#sink.data(chunk)) controller.pause()
      return
    }
    this.#early.push(chunk)
    this.#earlyBytes += chunk.byteLength
    if (this.#earlyBytes > maxEarlyBytes) controller.pause()
  }

  onResponseEnd(): void {
    this.#over = 'ended'
    this.#sink?.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#over = error
    this.#refuse(new ConnectionError(error))
    this.#sink?.fail(error)
  }

  whole(): Uint8Array | undefined {
    return this.#over === 'ended' ? concatenate(this.#early) : undefined
  }

  pipe(sink: BodySink): void {
    this.#sink = sink
    const over = this.#over
    const last = over === 'ended' ? this.#early.pop() : undefined
    let isFull = false
    for (const chunk of this.#early) if (!sink.data(chunk)) isFull = true
    if (over === 'ended') sink.end(last)
    else if (over !== undefined) sink.fail(over)
    else if (isFull) this.#controller?.pause()
    else if (this.#earlyBytes > maxEarlyBytes) this.resume()
  }

  resume(): void {
    this.#controller?.resume()
  }

  text(maxBytes: number): Promise<string | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
    const chunks: Uint8Array[] = []
    let length = 0
    const take = (chunk: Uint8Array) => {
      length += chunk.byteLength
      if (length > maxBytes) {
        resolve(undefined)
        this.#controller?.abort(new Error('the body is too large'))
      } else {
        chunks.push(chunk)
      }
      return true
    }
    this.pipe({
      data: take,
      end(last) {
        if (last !== undefined) take(last)
        resolve(decodeUtf8(chunks))
      },
      fail: (error) => reject(new ConnectionError(error)),
    })
    return promise
  }

  discard(): void {
    if (this.#over !== undefined) return
    let length = 0
    const abort = () => this.#controller?.abort(new Error('the body is not wanted'))
    const timer = setTimeout(abort, maxDiscardingMs)
    const stop = () => clearTimeout(timer)
    this.pipe({
      data: (chunk) => {
        length += chunk.byteLength
        if (length > maxDiscardedBytes) abort()
        return true
      },
      end: stop,
      fail: stop,
    })
    this.resume()
  }
}
