import type { IncomingMessage } from 'node:http'

import type { ApiRequest } from '@portico/core'

import type { ClientOf } from './client-of.ts'

/** A request of node:http as a request to an endpoint for programs. */
export class NodeApiRequest implements ApiRequest {
  readonly method: string
  readonly path: string
  readonly requestId: string
  readonly #request: IncomingMessage
  readonly #addressOf: ClientOf

  constructor(request: IncomingMessage, path: string, requestId: string, addressOf: ClientOf) {
    this.method = request.method ?? ''
    this.path = path
    this.requestId = requestId
    this.#request = request
    this.#addressOf = addressOf
  }

  get clientAddress(): string | undefined {
    return this.#addressOf(this.#request)
  }

  /** From the lines as they came: `request.headers` hides that a name came twice. */
  header(name: string): string | undefined {
    const { rawHeaders } = this.#request
    let value: string | undefined
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const line = rawHeaders[index]
      if (line?.length !== name.length || (line !== name && line.toLowerCase() !== name)) continue
      value = value === undefined ? rawHeaders[index + 1] : `${value}, ${rawHeaders[index + 1]}`
    }
    return value
  }

  text(maxBytes: number): Promise<string | undefined> {
    const request = this.#request
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const chunks: Buffer[] = []
      let bytes = 0
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength
        if (bytes > maxBytes) {
          request.removeAllListeners('data').resume()
          resolve(undefined)
        } else {
          chunks.push(chunk)
        }
      })
      request.on('end', () => {
        resolve(decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
      })
      // Who has gone gets no answer, whatever it says. Nobody waits for `error`, so that none is made.
      request.on('close', () => resolve(undefined))
    })
  }
}

/** As Fetch decodes a body. */
const decoder = new TextDecoder()
