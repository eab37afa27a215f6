import {
  type Answer,
  badRequest,
  errorAnswer,
  jsonAnswer,
  methodNotAllowed,
  sessionNotFound,
} from '../answer.ts'
import type { ExchangeOptions } from '../exchange-options.ts'
import {
  errorCodes,
  isJsonObject,
  isRequest,
  isResponse,
  type JsonObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type RequestId,
} from '../json-rpc.ts'
import type { RequestContext, Translation } from '../request-context.ts'
import type { OwnSession } from '../session-binding.ts'
import { discover } from './discover.ts'
import { createLiveSessions, type LiveSession } from './live-sessions.ts'
import type { Translated } from './message-response.ts'
import { callModern } from './modern-call.ts'
import { ownClientInfo } from './modern-meta.ts'
import { notificationStream } from './notification-stream.ts'
import { negotiatedVersion, toInitializeResult } from './to-session.ts'
import type { TranslationScope } from './translation-scope.ts'

/** Sessions whose state is kept in one process. */
const maxSessions = 10_000
/** Characters of all URIs that one session listens to: they are kept, and sent again with every change. */
const maxSubscribedLength = 65_536
const maxLevelLength = 32

/** Clients of the session eras in front of a modern upstream: the proxy holds their sessions. */
export function createSessionToModern(
  { sessions, upstream }: ExchangeOptions,
  warn: (error: Error) => void,
): (translation: Translation, scope: TranslationScope) => Promise<Answer | Translated> {
  const liveSessions = createLiveSessions(maxSessions, warn)

  const initialize = async (
    request: JsonRpcRequest,
    { caller }: RequestContext,
    scope: TranslationScope,
  ): Promise<Answer | Translated> => {
    const { protocolVersion: requested, capabilities, clientInfo } = request.params ?? {}
    const session: OwnSession = {
      kind: 'own',
      id: crypto.randomUUID(),
      protocolVersion: negotiatedVersion(requested),
      capabilities: isJsonObject(capabilities) ? capabilities : {},
      clientInfo: isJsonObject(clientInfo) ? clientInfo : ownClientInfo,
    }
    const found = await discover(session, scope.upstream)
    const result = toInitializeResult(found, session.protocolVersion, upstream.name)
    return jsonAnswer(
      200,
      { jsonrpc: '2.0', id: request.id, result },
      { 'mcp-session-id': await sessions.bind(session, caller) },
    )
  }

  return async ({ method, message, session, context }, scope) => {
    if (method === 'POST' && message === undefined) {
      return badRequest(
        undefined,
        errorCodes.invalidRequest,
        'this server takes no batches: send one message',
      )
    }
    if (message !== undefined && isRequest(message) && message.method === 'initialize') {
      return initialize(message, context, scope)
    }
    const live = session === undefined ? undefined : liveSessions.get(session.id)
    if (session === undefined || live === undefined) {
      return session === undefined ? withoutSession(method, context) : sessionNotFound(context.request?.id)
    }
    if (method === 'DELETE') {
      liveSessions.end(session.id)
      return { status: 200, headers: {}, body: '' }
    }
    const headers = context.sessionHandle === undefined ? {} : { 'mcp-session-id': context.sessionHandle }
    if (method === 'GET') {
      if (!live.hasStream) return { messages: notificationStream(session, live, scope), headers }
      return errorAnswer(409, undefined, {
        code: errorCodes.invalidRequest,
        message: 'the session has a stream already',
      })
    }
    if (message === undefined || isResponse(message)) return accept(message, live)
    if (!isRequest(message)) return hear(message, live)
    const excess = excessOf(message, live)
    if (excess !== undefined) return badRequest(message.id, errorCodes.invalidParams, excess)
    const known = answerOurselves(message, live)
    if (known !== undefined)
      return jsonAnswer(200, { jsonrpc: '2.0', id: message.id, result: known }, headers)
    return { messages: callModern({ request: message, session, live, context, scope }), headers }
  }
}

const accepted: Answer = { status: 202, headers: {}, body: '' }

function withoutSession(method: Translation['method'], { request }: RequestContext): Answer {
  if (method !== 'POST') return methodNotAllowed('POST')
  return badRequest(request?.id, errorCodes.invalidRequest, 'Mcp-Session-Id is missing: initialize first')
}

/** An answer of the client to what we have asked on some stream. */
function accept(message: JsonObject | undefined, live: LiveSession): Answer {
  live.waiting.get(message?.['id'] as RequestId)?.(message ?? {})
  return accepted
}

function hear({ method, params }: JsonRpcNotification, live: LiveSession): Answer {
  if (method === 'notifications/cancelled') live.running.get(params?.['requestId'] as RequestId)?.()
  return accepted
}

/** What a session would have to remember, and is too much. */
function excessOf(
  { method, params = {} }: JsonRpcRequest,
  { subscriptions }: LiveSession,
): string | undefined {
  const { uri, level } = params
  if (method === 'logging/setLevel') {
    return typeof level === 'string' && level.length <= maxLevelLength
      ? undefined
      : 'level is not a log level'
  }
  if (method !== 'resources/subscribe' || typeof uri !== 'string' || subscriptions.has(uri)) return undefined
  let length = uri.length
  for (const known of subscriptions) length += known.length
  return length <= maxSubscribedLength
    ? undefined
    : 'the session is subscribed to too much: unsubscribe first'
}

/** What the modern era has no request for any more. */
function answerOurselves({ method, params = {} }: JsonRpcRequest, live: LiveSession): JsonObject | undefined {
  const { uri, level } = params
  switch (method) {
    case 'ping':
      return {}
    case 'logging/setLevel':
      live.logLevel = level
      return {}
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      if (typeof uri !== 'string') return undefined
      if (method === 'resources/subscribe') live.subscriptions.add(uri)
      else live.subscriptions.delete(uri)
      live.onSubscriptions?.()
      return {}
    default:
      return undefined
  }
}
