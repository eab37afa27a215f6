import { badRequest } from '../answer.ts'
import { mayAskForInput } from '../connect-required.ts'
import { errorCodes, isJsonObject, type JsonObject, type JsonRpcRequest, metaOf } from '../json-rpc.ts'
import { metaKeys } from '../protocol-version.ts'
import { answerOf } from './answer-of.ts'
import { declined } from './declined.ts'
import { injectable } from './injectable.ts'
import { mismatchedHeader } from './mirrored-params.ts'
import { withoutModern } from './modern-meta.ts'
import type { PendingCall, PendingCalls } from './pending-calls.ts'
import type { SessionClient } from './session-client.ts'
import type { PooledSession, SessionPool } from './session-pool.ts'
import type { TranslationScope } from './translation-scope.ts'
import { AnsweredError, type UpstreamCaller, type UpstreamReply } from './upstream-caller.ts'

/** What a call of a modern client in a session of the upstream needs. */
export interface SessionCallOptions extends TranslationScope {
  readonly request: JsonRpcRequest
  /** The client's mirrored headers. */
  readonly headers: Readonly<Record<string, string>>
  readonly client: SessionClient
  readonly pool: SessionPool
  readonly pending: PendingCalls
}

/**
 * Sends a call in the client's session; in a new one when the upstream has forgotten it and nothing has been streamed yet
 * (PROXY-10).
 */
export async function startCall(options: SessionCallOptions): Promise<PendingCall> {
  const { pool, client, upstream } = options
  const session = await pool.take(client, upstream)
  const call = await attempt(session, options)
  if (call !== undefined) return call
  pool.drop(session)
  const again = await attempt(await pool.take(client, upstream), options)
  if (again === undefined) throw upstream.malformed()
  return again
}

/** Undefined when the session is unknown to the upstream. */
async function attempt(
  session: PooledSession,
  options: SessionCallOptions,
): Promise<PendingCall | undefined> {
  const { request, upstream, abort } = options
  checkParamHeaders(session, options)
  if ((await setLogLevel(session, request, upstream)) === 'forgotten') return undefined
  const upstreamId = session.nextId()
  const asked = Promise.withResolvers<'asked'>()
  let reply: Promise<UpstreamReply> | undefined
  const call = injectable(
    (async function* () {
      if (reply !== undefined) yield* (await reply).messages
    })(),
  )
  const leave = await listenForQuestions(session, options, (question) => {
    call.push(question)
    asked.resolve('asked')
  })
  try {
    reply = upstream.call('POST', toSessionRequest(request, upstreamId), session.headers)
    // Whoever reads the call sees the error; while it waits for a user, nobody reads.
    reply.catch(() => {})
    // An upstream that answers with one JSON body may ask long before that.
    const first = await Promise.race([reply, asked.promise])
    if (first !== 'asked' && isForgotten(first, session)) {
      leave()
      return undefined
    }
  } catch (error) {
    leave()
    throw error
  }
  const end = () => {
    leave()
    abort()
  }
  return { session, upstreamId, messages: call.items, asked: new Map(), abort: end }
}

/** Nobody behind us reads the client's headers: whether they say what the body says is for us to check (TR-06). */
function checkParamHeaders({ mirrored }: PooledSession, { request, headers }: SessionCallOptions): void {
  const { id, method, params } = request
  const tool = method === 'tools/call' ? mirrored.get(String(params?.['name'])) : undefined
  const wrong = tool === undefined ? undefined : mismatchedHeader(tool, params?.['arguments'], headers)
  if (wrong === undefined) return
  const message = `Header mismatch: ${wrong} is missing or does not say what the body says`
  throw new AnsweredError(badRequest(id, errorCodes.headerMismatch, message))
}

const isForgotten = ({ status }: UpstreamReply, { headers }: PooledSession): boolean =>
  status === 404 && headers['mcp-session-id'] !== undefined

function toSessionRequest(request: JsonRpcRequest, id: number): JsonObject {
  const params = withoutModern(request.params)
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : undefined
  const { method } = request
  if (meta?.['progressToken'] === undefined) return { jsonrpc: '2.0', id, method, params }
  // The session may be shared by several processes of the client, whose tokens may be alike.
  return { jsonrpc: '2.0', id, method, params: { ...params, _meta: { ...meta, progressToken: id } } }
}

/** Questions may come on the GET stream of the session, where the client is able to answer any. */
async function listenForQuestions(
  session: PooledSession,
  { request, client, afterwards, independent }: SessionCallOptions,
  onQuestion: (message: JsonObject) => void,
): Promise<() => void> {
  const canAnswer = Object.keys(client.capabilities).length > 0 && mayAskForInput.has(request.method)
  if (!canAnswer) return () => {}
  return session.stream.join(onQuestion, independent, (message) => {
    void afterwards.call('POST', declined(message), session.headers).catch(() => {})
  })
}

/** A modern request says by itself how much it wants to hear; a session has to be told. */
async function setLogLevel(
  session: PooledSession,
  request: JsonRpcRequest,
  upstream: UpstreamCaller,
): Promise<'forgotten' | undefined> {
  const level = metaOf(request)?.[metaKeys.logLevel]
  const isKnown = level === undefined || level === session.logLevel
  if (isKnown || session.capabilities['logging'] === undefined) return undefined
  const id = session.nextId()
  const message = { jsonrpc: '2.0', id, method: 'logging/setLevel', params: { level } }
  const reply = await upstream.call('POST', message, session.headers)
  if (isForgotten(reply, session)) return 'forgotten'
  await answerOf(reply.messages, id)
  session.logLevel = level
  return undefined
}
