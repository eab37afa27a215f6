import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  }
  return headers
}

/** Statuses that must not have a body (Fetch §2.2.3). */
const bodiless = new Set([204, 205, 304])

/**
 * Sends a request as it is: unlike Node's own `fetch`, it adds no `Sec-Fetch-Mode` and follows no redirect, so a real
 * server sees what the scripted browser says. One connection per request, closed after the answer.
 */
export async function nodeFetch(request: Request): Promise<Response> {
  const url = new URL(request.url)
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
  const headers: Record<string, string> = Object.fromEntries(request.headers)
  if (body !== undefined) headers['content-length'] = String(body.byteLength)
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    send(url, { method: request.method, headers, agent: false, signal: request.signal }, resolve)
      .on('error', reject)
      .end(body)
  })
  const status = message.statusCode ?? 0
  const init = { status, statusText: message.statusMessage ?? '', headers: headersOf(message) }
  if (bodiless.has(status) || request.method === 'HEAD') {
    message.resume()
    return new Response(null, init)
  }
  const stream: NodeReadableStream = Readable.toWeb(message)
  return new Response(stream as ReadableStream, init)
}
