import {
  errorCodes,
  errorResponse,
  isJsonObject,
  type JsonObject,
  type JsonRpcRequest,
  type RequestId,
} from '../json-rpc.ts'
import type { RequestContext } from '../request-context.ts'
import type { OwnSession } from '../session-binding.ts'
import { modernHeaders } from '../standard-headers.ts'
import { inputCapabilities } from './input-capabilities.ts'
import type { LiveSession } from './live-sessions.ts'
import { toModernRequest } from './to-modern-request.ts'
import { toSessionError, toSessionResult } from './to-session.ts'
import type { TranslationScope } from './translation-scope.ts'

export interface ModernCallOptions {
  readonly request: JsonRpcRequest
  readonly session: OwnSession
  readonly live: LiveSession
  readonly context: RequestContext
  readonly scope: TranslationScope
}

/** How often an upstream may ask before a call is given up. */
const maxRounds = 10

/**
 * PROXY-08: a request of a session client at a modern upstream. An `InputRequiredResult` becomes requests to the client on
 * the response's stream; with its answers the request is repeated.
 */
export async function* callModern(options: ModernCallOptions): AsyncGenerator<JsonObject> {
  const { request, live, scope } = options
  const { id } = request
  live.running.set(id, scope.abort)
  try {
    let extra: JsonObject = {}
    for (let round = 0; round < maxRounds; round++) {
      const answer = yield* ask(options, extra)
      if (answer === undefined) {
        yield errorResponse(id, errorCodes.upstreamFailed, 'the upstream ended the stream without an answer')
        return
      }
      const { result, error } = answer
      if (!isJsonObject(result)) {
        yield { jsonrpc: '2.0', id, error: isJsonObject(error) ? toSessionError(error) : error }
        return
      }
      if (result['resultType'] !== 'input_required') {
        yield { jsonrpc: '2.0', id, result: toSessionResult(live.toolHeaders.learn(request, result)) }
        return
      }
      const collected = yield* collect(options, result)
      if ('error' in collected) {
        yield { jsonrpc: '2.0', id, error: collected.error }
        return
      }
      extra = collected.extra
    }
    yield errorResponse(id, errorCodes.upstreamFailed, `the upstream asked more than ${maxRounds} times`)
  } finally {
    live.running.delete(id)
  }
}

/** One round: passes on what the upstream says about the request, and returns its answer. */
async function* ask(
  { request, session, live, scope }: ModernCallOptions,
  extra: JsonObject,
): AsyncGenerator<JsonObject, JsonObject | undefined> {
  const message = toModernRequest(request, session, live.logLevel, extra)
  let headers = live.toolHeaders.known(request)
  for (const isLast of [request.method !== 'tools/call', true]) {
    const reply = await scope.upstream.call('POST', message, { ...modernHeaders(message), ...headers })
    let answer: JsonObject | undefined
    for await (const received of reply.messages) {
      if (!('method' in received)) answer = received['id'] === message.id ? received : answer
      else if (!('id' in received)) yield received
    }
    const error = answer?.['error']
    const isMismatch = isJsonObject(error) && error['code'] === errorCodes.headerMismatch
    if (!isMismatch || isLast) return answer
    // The tool has changed, or has never been listed: once more with what it wants now.
    headers = await live.toolHeaders.lookUp(request, session, scope)
  }
  return undefined
}

type Collected = { readonly extra: JsonObject } | { readonly error: unknown }

/** Asks the client what the upstream wants to know. */
async function* collect(
  { session, live, context, scope }: ModernCallOptions,
  { inputRequests, requestState }: JsonObject,
): AsyncGenerator<JsonObject, Collected> {
  const state = requestState === undefined ? {} : { requestState }
  if (!isJsonObject(inputRequests)) return { extra: state }
  const gone = scope.givenUp.then(() => {
    throw new Error('the exchange was given up while the client was asked')
  })
  const answers: [key: string, asked: JsonObject, answer: Promise<JsonObject>][] = []
  const ids: RequestId[] = []
  try {
    for (const [key, asked] of Object.entries(inputRequests)) {
      if (!isJsonObject(asked) || !canAnswer(asked, session, context)) {
        return {
          error: {
            code: errorCodes.upstreamFailed,
            message: 'the upstream asks what the client cannot answer',
          },
        }
      }
      const id = `portico-${crypto.randomUUID()}`
      ids.push(id)
      const { promise, resolve } = Promise.withResolvers<JsonObject>()
      live.waiting.set(id, resolve)
      const answer = Promise.race([promise, gone])
      answer.catch(() => {}) // one failure is enough to end the call
      answers.push([key, asked, answer])
      yield { jsonrpc: '2.0', id, method: asked['method'], params: paramsFor(asked, id) }
    }
    const inputResponses: Record<string, unknown> = {}
    for (const [key, asked, answer] of answers) {
      const { result, error } = await answer
      if (error !== undefined && asked['method'] !== 'elicitation/create') return { error }
      inputResponses[key] = error === undefined ? result : { action: 'cancel' }
    }
    return { extra: { ...state, inputResponses } }
  } finally {
    for (const id of ids) live.waiting.delete(id)
    gone.catch(() => {})
  }
}

function canAnswer({ method }: JsonObject, session: OwnSession, { accepts }: RequestContext): boolean {
  const capability = inputCapabilities.get(method)
  return accepts.eventStream && capability !== undefined && session.capabilities[capability] !== undefined
}

/** The session eras name an elicitation in URL mode. */
function paramsFor({ params }: JsonObject, id: string): unknown {
  return isJsonObject(params) && params['mode'] === 'url' ? { ...params, elicitationId: id } : params
}
