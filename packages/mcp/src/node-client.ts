import type { ServerResponse } from 'node:http'

import { type Answer, bodyOf } from './answer.ts'

type Headers = Readonly<Record<string, string>>

/** Bytes of a body that is worth a copy, to be written together with its head. */
const maxCopiedBytes = 65_536

/** Who waits for the answer to one request. What the host says in every answer goes out with the proxy's own head. */
export class NodeClient {
  readonly response: ServerResponse
  readonly requestId: string | undefined
  readonly #hostHeaders: Headers

  constructor(response: ServerResponse, requestId: string | undefined, hostHeaders: Headers = {}) {
    this.response = response
    this.requestId = requestId
    this.#hostHeaders = hostHeaders
  }

  /** The head of an answer whose body follows, of `length` bytes if that is known. */
  begin(status: number, headers: Headers, length?: number): void {
    const all: Record<string, string | number> = { ...this.#hostHeaders, ...headers }
    if (length !== undefined) all['content-length'] = length
    this.response.writeHead(status, all)
  }

  /** A whole answer, in one write where it is short. */
  send(status: number, headers: Headers, body: Uint8Array): void {
    this.begin(status, headers, body.byteLength)
    if (body.byteLength > maxCopiedBytes) this.response.end(body)
    // Node joins head and text; as Latin-1 every byte stays what it is.
    else
      this.response.end(
        Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'),
        'latin1',
      )
  }

  /** An answer of the proxy's own; where one has begun already, the connection can only be cut. */
  answer(answer: Answer): void {
    const { response } = this
    if (response.headersSent) {
      response.destroy()
      return
    }
    const { status, headers } = answer
    const body = bodyOf(answer, this.requestId)
    this.begin(status, headers, status === 204 ? undefined : Buffer.byteLength(body))
    response.end(body)
  }
}
