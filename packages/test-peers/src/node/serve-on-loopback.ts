import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

import type { Fetch } from '../fetch.ts'

/** A handler behind a socket. */
export interface LoopbackServer {
  /** e.g. `http://127.0.0.1:49152`. */
  readonly origin: string
  /** Ends open connections too. */
  close(): Promise<void>
}

function toRequest(message: IncomingMessage, origin: string, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headersDistinct)) {
    for (const each of value ?? []) headers.append(name, each)
  }
  const method = message.method ?? 'GET'
  const init = { method, headers, signal }
  if (method === 'GET' || method === 'HEAD') return new Request(new URL(message.url ?? '/', origin), init)
  const body = Readable.toWeb(message) as ReadableStream
  return new Request(new URL(message.url ?? '/', origin), { ...init, body, duplex: 'half' } as RequestInit)
}

async function write(response: Response, target: ServerResponse): Promise<void> {
  const headers = [...response.headers].filter(([name]) => name !== 'set-cookie').flat()
  const cookies = response.headers.getSetCookie().flatMap((cookie) => ['set-cookie', cookie])
  target.writeHead(response.status, [...headers, ...cookies])
  target.flushHeaders()
  if (response.body === null) {
    target.end()
    return
  }
  await pipeline(Readable.fromWeb(response.body as NodeReadableStream), target)
}

/** How {@link serveOnLoopback} listens. */
export interface LoopbackOptions {
  /** Default 0, any that is free. */
  readonly port?: number
  /** What a client sees of a handler that throws: an answer with status 500, which is the default, or no answer at all. */
  readonly onFailure?: 'answer' | 'hang up'
}

/**
 * Serves a handler on a loopback port.
 *
 * @param create receives the origin, because an issuer must know its own address before it can answer
 */
export async function serveOnLoopback(
  create: (origin: string) => Fetch | Promise<Fetch>,
  { port = 0, onFailure = 'answer' }: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const serving = Promise.withResolvers<{ readonly origin: string; readonly handler: Fetch }>()
  const server = createServer((message, target) => {
    const aborted = new AbortController()
    target.on('close', () => aborted.abort())
    const answer = async (): Promise<void> => {
      const { origin, handler } = await serving.promise
      await write(await handler(toRequest(message, origin, aborted.signal)), target)
    }
    answer().catch((error: unknown) => {
      if (target.headersSent || onFailure === 'hang up') target.destroy()
      else target.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  serving.resolve({ origin, handler: await create(origin) })
  return {
    origin,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}
