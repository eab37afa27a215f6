import type { ServerResponse } from 'node:http'

import { type Answer, bodyOf } from './answer.ts'

/** Writes a complete answer; where one has begun already, the connection can only be cut. */
export function writeAnswer(response: ServerResponse, answer: Answer, requestId: string | undefined): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, headers } = answer
  const body = bodyOf(answer, requestId)
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length }).end(body)
}
