import { toEvent } from '../event-stream.ts'
import { errorCodes, isJsonObject, type JsonObject } from '../json-rpc.ts'
import type { Rewrite } from '../message-filters.ts'
import { relayBody, type RelayOptions } from '../relay-body.ts'
import type { Outgoing, RequestContext } from '../request-context.ts'

/** What a translation gives: messages that end with the answer, and headers for the response. */
export interface Translated {
  readonly messages: AsyncGenerator<JsonObject>
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface MessageResponseOptions {
  readonly context: RequestContext
  readonly method: Outgoing['method']
  /** What policy, request states and tasks make of a message. */
  readonly rewrite: Rewrite
  readonly keepAliveMs: number
  /** Called once, when nothing more is to come; with the error when it broke off. */
  readonly onEnd: RelayOptions['onEnd']
  /** Called when the client takes no more; without it the translation goes on unheard. */
  readonly onCancel: (() => void) | undefined
}

const isAnswer = (message: JsonObject) => !('method' in message)

/** Messages as a response: one JSON body where the answer comes first, else an event stream, as far as the client takes it. */
export async function messageResponse(
  { messages, headers = {} }: Translated,
  options: MessageResponseOptions,
): Promise<Response> {
  const { context, method, rewrite, onEnd } = options
  const { accepts } = context
  // Nobody waits for the first message of a GET stream: it may be hours away.
  if (method === 'GET') return eventResponse(undefined, messages, headers, options)
  let first = await messages.next()
  while (first.done !== true && !isAnswer(first.value) && !accepts.eventStream) first = await messages.next()
  if (first.done === true) throw new Error('a translation ended without an answer')
  if (!isAnswer(first.value) || !accepts.json) return eventResponse(first.value, messages, headers, options)
  const answer = rewrite(first.value)
  await messages.return(undefined)
  onEnd()
  return Response.json(answer, {
    status: statusOf(first.value, context),
    headers: { 'cache-control': 'no-store', ...headers },
  })
}

/** TR-08: a modern client is told by the status too that a method is unknown. */
function statusOf(message: JsonObject, { era }: RequestContext): number {
  const error = message['error']
  return era === 'modern' && isJsonObject(error) && error['code'] === errorCodes.methodNotFound ? 404 : 200
}

function eventResponse(
  first: JsonObject | undefined,
  messages: AsyncGenerator<JsonObject>,
  headers: Readonly<Record<string, string>>,
  options: MessageResponseOptions,
): Response {
  const { keepAliveMs, onEnd } = options
  const body = relayBody(events(first, messages, options), {
    filter: undefined,
    keepAliveMs,
    onEnd,
    onCancel() {
      if (options.onCancel === undefined) {
        void drain(messages).then(onEnd, onEnd)
        return
      }
      onEnd()
      options.onCancel()
      // Whatever the translation has open, it now gets to close.
      void messages.return(undefined).catch(() => {})
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      ...headers,
    },
  })
}

function events(
  first: JsonObject | undefined,
  messages: AsyncGenerator<JsonObject>,
  { rewrite }: MessageResponseOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const write = (controller: ReadableStreamDefaultController<Uint8Array>, message: JsonObject) =>
    controller.enqueue(encoder.encode(toEvent(rewrite(message))))
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (first !== undefined) write(controller, first)
      },
      async pull(controller) {
        const next = await messages.next()
        if (next.done === true) controller.close()
        else write(controller, next.value)
      },
    },
    { highWaterMark: 0 },
  )
}

async function drain(messages: AsyncGenerator<JsonObject>): Promise<void> {
  for (let next = await messages.next(); next.done !== true;) next = await messages.next()
}
