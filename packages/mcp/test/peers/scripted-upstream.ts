import type { IncomingHttpHeaders, ServerResponse } from 'node:http'

import type { JsonObject } from '../../src/index.ts'
import { serve } from './loopback.ts'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** As received. */
  readonly text: string
  /** The parsed body, if there was one. */
  readonly message: JsonObject
}

export type Script = (request: SeenRequest, response: ServerResponse) => void

/** An upstream that does what a test says, and remembers what it was sent. */
export async function startUpstream(script: Script = answer({ content: [] })) {
  const seen: SeenRequest[] = []
  const url = await serve((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      const message = (text === '' ? {} : JSON.parse(text)) as JsonObject
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, text, message }
      seen.push(one)
      script(one, response)
    })
  })
  return { url: `${url}/mcp`, seen }
}

/** Answers every request with the same result, as JSON. */
export const answer =
  (result: JsonObject, headers: Readonly<Record<string, string>> = {}): Script =>
  ({ message }, response) => {
    if (message['id'] === undefined) return void response.writeHead(202).end()
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result }))
  }

/** Answers with an event stream of these messages. */
export const events =
  (...messages: readonly unknown[]): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const message of messages) response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`)
    response.end()
  }
