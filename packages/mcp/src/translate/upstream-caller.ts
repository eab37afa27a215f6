import type { Answer } from '../answer.ts'
import { asConnectionError, ConnectionError } from '../connection-error.ts'
import { splitEvents } from '../event-stream.ts'
import type { ExchangeOptions } from '../exchange-options.ts'
import { fetchUpstream, headOf, type Send } from '../fetch-upstream.ts'
import { interpretResponse, saysJson } from '../interpret-response.ts'
import { isJsonObject, type JsonObject, type RequestId } from '../json-rpc.ts'
import { maxReadLength } from '../message-filters.ts'
import { type ByteStream, readBody } from '../read-body.ts'
import { isTranslation, type Outgoing, type RequestContext } from '../request-context.ts'
import type { SessionBinding } from '../session-binding.ts'
import { upstreamFailure } from '../upstream-failure.ts'

/** The messages with which an upstream answers. */
export interface UpstreamReply {
  readonly status: number
  /** The session it has started, or that the request belongs to. */
  readonly sessionId: string | undefined
  readonly messages: AsyncIterable<JsonObject>
}

/** Talks to the upstream on behalf of one client request: same credential, same refusals, same failures. */
export interface UpstreamCaller {
  /** @throws {AnsweredError} when the upstream fails: with what the client is to be told */
  readonly call: (
    method: Outgoing['method'],
    message: JsonObject | undefined,
    headers: Readonly<Record<string, string>>,
  ) => Promise<UpstreamReply>
  /** What the client is to be told about an upstream that answers something else than the protocol has. */
  readonly malformed: () => AnsweredError
}

/** The upstream cannot be asked: `answer` is what the client gets. */
export class AnsweredError extends Error {
  override readonly name = 'AnsweredError'
  readonly answer: Answer

  constructor(answer: Answer) {
    super('the upstream gave no answer that can be translated')
    this.answer = answer
  }
}

/** Sessions and forms of bodies are the translator's business here. */
const asTheyCome: SessionBinding = {
  bind: (session) => Promise.resolve(session.kind === 'own' ? session.id : session.upstreamId),
  open: () => Promise.resolve(undefined),
}

export function createUpstreamCaller(
  options: ExchangeOptions,
  send: Send,
  context: RequestContext,
  signal: () => AbortSignal,
): UpstreamCaller {
  const plain: ExchangeOptions = {
    ...options,
    sessions: asTheyCome,
    policy: undefined,
    requestStates: undefined,
    tasks: undefined,
    onAnswered: undefined,
    eras: undefined,
  }
  let { credential } = context

  const malformed = () => new AnsweredError(upstreamFailure('malformed', options.upstream.name, context))
  const attempt = async (outgoing: Outgoing, wantsAnswer: boolean): Promise<UpstreamReply> => {
    const response = await fetchUpstream(send, outgoing, signal())
    const head = headOf(response)
    const body = response.body as ByteStream | null
    const { status } = response
    const sessionId = head.header('mcp-session-id')
    // What asks for nothing is answered by nothing, and some say so by 200. A session that has been forgotten is one
    // (PROXY-10), whatever the body says.
    const isForgotten = status === 404 && outgoing.headers['mcp-session-id'] !== undefined
    if ((isForgotten && !saysJson(head.header)) || (status === 200 && !wantsAnswer)) {
      await body?.cancel()
      return { status, sessionId, messages: none() }
    }
    const incoming = await interpretResponse(plain, outgoing, head)
    switch (incoming.kind) {
      case 'stream':
        return { status, sessionId, messages: messagesOf(body, incoming.isEventStream) }
      case 'retry':
        await body?.cancel()
        credential = incoming.outgoing.context.credential
        return attempt(incoming.outgoing, wantsAnswer)
      case 'answer':
        await body?.cancel()
        // Accepted; anything with a body is for the client, also what says 200: that an account has to be connected.
        if (incoming.answer.status < 300 && incoming.answer.body === '')
          return { status, sessionId, messages: none() }
        throw new AnsweredError(incoming.answer)
      case 'collect': {
        const read = await readBody(body, incoming.maxBytes).catch(asConnectionError)
        const answer = incoming.finish(read === 'too_large' ? undefined : read.text)
        if (isTranslation(answer) || answer.status >= 500) throw malformed()
        return { status: answer.status, sessionId, messages: parseJson(answer.body) }
      }
    }
  }

  return {
    malformed,
    call: (method, message, headers) => {
      const asked = asRequest(message)
      return attempt(
        {
          url: context.url,
          method,
          headers: {
            ...context.commonHeaders,
            accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
            ...(message === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
            ...credential?.headers,
          },
          body: message === undefined ? undefined : JSON.stringify(message),
          context: {
            ...context,
            // For a stream of the client's, which has no request, the upstream is asked by a request of ours.
            methods: asked && context.methods.size === 0 ? new Map([asked]) : context.methods,
            credential,
            accepts: { json: true, eventStream: true },
            refused: [],
            isRetry: false,
          },
        },
        message === undefined || asked !== undefined,
      )
    },
  }
}

/** Id and method of a message that wants an answer. */
function asRequest(message: JsonObject = {}): [RequestId, string] | undefined {
  const { id, method } = message
  return id === undefined || typeof method !== 'string' ? undefined : [id as RequestId, method]
}

async function* none(): AsyncGenerator<JsonObject> {}

async function* messagesOf(body: ByteStream | null, isEventStream: boolean): AsyncGenerator<JsonObject> {
  if (body === null) return
  if (!isEventStream) {
    const read = await readBody(chunksOf(body), maxReadLength)
    yield* parseJson(read === 'too_large' ? undefined : read.text)
    return
  }
  const splitter = splitEvents(maxReadLength)
  for await (const chunk of chunksOf(body)) {
    for (const { data } of splitter.push(chunk)) yield* parseJson(data)
  }
}

/** G07: a body that breaks off is a failure of the upstream, as one that never comes is. */
async function* chunksOf(body: ByteStream): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (cause) {
    throw new ConnectionError(cause)
  }
}

async function* parseJson(text: string | undefined): AsyncGenerator<JsonObject> {
  let value: unknown
  try {
    value = JSON.parse(text ?? '')
  } catch {
    return // no message: whoever waits for an answer finds that there is none
  }
  for (const item of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
    if (isJsonObject(item)) yield item
  }
}
