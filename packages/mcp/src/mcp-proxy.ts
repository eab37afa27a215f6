import { tooLarge, toResponse } from './answer.ts'
import type { Caller } from './caller.ts'
import { ClientGoneError } from './client-gone-error.ts'
import type { ClientRequest } from './client-request.ts'
import { concatenate } from './concatenate.ts'
import { asConnectionError, ConnectionError } from './connection-error.ts'
import { createExchange, type Exchange, type McpProxyOptions } from './exchange.ts'
import { fetchUpstream, headOf, type Send } from './fetch-upstream.ts'
import type { Incoming } from './interpret-response.ts'
import { type Lifetime, startLifetime } from './lifetime.ts'
import { type ByteStream, readBody, readRequestBody, toldLength } from './read-body.ts'
import { relayBody } from './relay-body.ts'
import { isTranslation, type Outgoing } from './request-context.ts'

export interface FetchMcpProxyOptions extends McpProxyOptions {
  /** Sends the requests to the upstream; default the runtime's own. */
  readonly fetch?: Send | undefined
}

/** A Streamable HTTP proxy in front of one upstream MCP server. */
export interface McpProxy {
  /**
   * Answers one request of a caller whom somebody has authenticated. Never rejects. `requestId` is what the host calls the
   * request; the upstream gets it as `X-Request-Id`, and errors name it.
   */
  fetch(request: Request, caller: Caller, requestId?: string): Promise<Response>
}

/**
 * The proxy over Fetch, for every runtime.
 *
 * @throws {TypeError} when an option is wrong
 */
export function createMcpProxy(options: FetchMcpProxyOptions): McpProxy {
  const { fetch: send = (url, init) => fetch(url, init) } = options
  const exchange = createExchange(options, send)
  return {
    async fetch(request, caller, requestId) {
      try {
        const { requestBytes } = exchange.limits
        const read =
          request.method === 'POST'
            ? await readRequestBody(request, requestBytes).catch(clientGone)
            : { text: undefined }
        if (read === 'too_large') return toResponse(tooLarge(requestBytes), requestId)
        const prepared = await exchange.prepare(clientRequest(request, read.text, requestId), caller)
        if ('status' in prepared) return toResponse(prepared, requestId)
        if (isTranslation(prepared)) return await exchange.translate(prepared, request.signal)
        return await forward(exchange, prepared, request.signal, send)
      } catch (error) {
        return toResponse(exchange.unavailable(error, requestId), requestId)
      }
    },
  }
}

const clientRequest = (
  { method, url, headers }: Request,
  body: string | undefined,
  requestId: string | undefined,
): ClientRequest => ({
  method,
  url,
  header: (name) => headers.get(name) ?? undefined,
  headers: () => headers,
  body,
  requestId,
})

const clientGone = (cause: unknown): never => {
  throw new ClientGoneError(cause)
}

/** TR-10: a client that leaves ends the upstream request; in the session eras that is a mere disconnect (TL-09). */
async function forward(
  exchange: Exchange,
  outgoing: Outgoing,
  client: AbortSignal,
  send: Send,
): Promise<Response> {
  const lifetime = startLifetime(exchange.lifespan(outgoing), client)
  try {
    return await exchangeOnce(exchange, outgoing, lifetime, client, send)
  } catch (error) {
    if (!(error instanceof ConnectionError)) {
      lifetime.abort()
      outgoing.context.call?.end('no_answer')
      throw error
    }
    lifetime.end()
    return toResponse(
      exchange.cut(outgoing.context, lifetime.givenUp(), error.cause),
      outgoing.context.requestId,
    )
  }
}

async function exchangeOnce(
  exchange: Exchange,
  outgoing: Outgoing,
  lifetime: Lifetime,
  client: AbortSignal,
  send: Send,
): Promise<Response> {
  const { requestId } = outgoing.context
  const response = await fetchUpstream(send, outgoing, lifetime.signal)
  const body = response.body as ByteStream | null
  const incoming = await exchange.interpret(outgoing, headOf(response))
  switch (incoming.kind) {
    case 'stream':
      return isShort(response.headers, incoming)
        ? await whole(outgoing, response, incoming, lifetime)
        : stream(exchange, outgoing, body, incoming, lifetime)
    case 'collect': {
      const read = await readBody(body, incoming.maxBytes).catch(asConnectionError)
      lifetime.end()
      const finished = incoming.finish(read === 'too_large' ? undefined : read.text)
      return isTranslation(finished) ? exchange.translate(finished, client) : toResponse(finished, requestId)
    }
    case 'retry':
      await body?.cancel()
      return exchangeOnce(exchange, incoming.outgoing, lifetime, client, send)
    case 'answer':
      lifetime.end()
      await body?.cancel()
      return toResponse(incoming.answer, requestId)
  }
}

/** Bytes of a body that is as well sent in one piece: a stream of one chunk or two costs more than all checks together. */
const maxWholeBytes = 65_536

const isShort = (headers: Headers, { isEventStream }: Incoming & { kind: 'stream' }): boolean =>
  !isEventStream && (toldLength(headers) ?? Number.POSITIVE_INFINITY) <= maxWholeBytes

async function whole(
  { context }: Outgoing,
  upstream: Response,
  { status, headers, filter }: Incoming & { kind: 'stream' },
  lifetime: Lifetime,
): Promise<Response> {
  const bytes = new Uint8Array(await upstream.arrayBuffer().catch(asConnectionError))
  lifetime.end()
  const body = filter === undefined ? bytes : concatenate([filter.push(bytes), filter.end()])
  context.call?.end('client_left')
  return new Response(body as Uint8Array<ArrayBuffer>, { status, headers: { ...headers } })
}

function stream(
  { limits, streams, broken }: Exchange,
  { context }: Outgoing,
  body: ByteStream | null,
  { status, headers, filter, isEventStream }: Incoming & { kind: 'stream' },
  lifetime: Lifetime,
): Response {
  const { caller, requestId } = context
  const full = isEventStream ? streams.take(caller) : undefined
  if (full !== undefined) {
    lifetime.abort()
    context.call?.end('no_answer')
    return toResponse(full, requestId)
  }
  const onEnd = (error?: unknown) => {
    lifetime.end()
    if (isEventStream) streams.release(caller)
    if (error !== undefined) broken(context, lifetime.givenUp(), error)
    context.call?.end('client_left')
  }
  const relayed = relayBody(body ?? new ReadableStream({ start: (controller) => controller.close() }), {
    filter,
    keepAliveMs: isEventStream ? limits.keepAliveMs : undefined,
    onEnd,
    onCancel: onEnd,
  })
  return new Response(relayed, { status, headers: { ...headers } })
}
