import type { IncomingMessage, ServerResponse } from 'node:http'

import type { ApiAnswer } from '@portico/core'

/** Writes a whole answer with the id of its request. */
export function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: ApiAnswer,
  requestId: string,
): void {
  // A body that nobody asked for is read and forgotten, so that the connection can be used again.
  if (!request.readableEnded) request.resume()
  // Name, value, name, value: all at once, which costs less than one header beforehand.
  const lines = ['x-request-id', requestId]
  for (const name of Object.keys(headers)) lines.push(name, headers[name] ?? '')
  const bytes = Buffer.byteLength(body)
  if (status !== 204 && status !== 304) lines.push('content-length', String(bytes))
  // ASCII, as nearly always, is the same in both encodings and written faster in the one that has a byte for each character.
  response.writeHead(status, lines).end(body, bytes === body.length ? 'latin1' : 'utf8')
}
