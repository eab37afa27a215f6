import { EventSourceParserStream } from 'eventsource-parser/stream'

/** A JSON-RPC 2.0 message of either direction. */
export interface JsonRpcMessage {
  readonly jsonrpc: '2.0'
  readonly id?: string | number | null
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** The messages of an answer, JSON or event stream, as they arrive. Bodies that are neither have no messages. */
export async function* messagesOf(response: Response): AsyncGenerator<JsonRpcMessage> {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim()
  if (type === 'application/json') {
    const body: unknown = await response.json()
    for (const message of [body].flat()) yield message as JsonRpcMessage
    return
  }
  if (type !== 'text/event-stream' || response.body === null) {
    await response.body?.cancel()
    return
  }
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { data } of events) if (data !== '') yield JSON.parse(data) as JsonRpcMessage
}
