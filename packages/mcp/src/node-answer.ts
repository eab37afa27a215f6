import type { ServerResponse } from 'node:http'

import type { Answer } from './answer.ts'

/** Writes a complete answer; where one has begun already, the connection can only be cut. */
export function writeAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length }).end(body)
}
