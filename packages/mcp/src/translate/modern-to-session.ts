import { type Answer, badRequest, errorAnswer } from '../answer.ts'
import { errorCodes, isRequest, type JsonObject } from '../json-rpc.ts'
import type { CheckedLimits } from '../limits.ts'
import type { Translation } from '../request-context.ts'
import type { Translated } from './message-response.ts'
import { createPendingCalls } from './pending-calls.ts'
import { callInSession } from './session-call.ts'
import { type SessionClient, sessionClient } from './session-client.ts'
import { listenInSession } from './session-listen.ts'
import { createSessionPool, type SessionPool } from './session-pool.ts'
import { toDiscovery } from './to-modern.ts'
import type { TranslationScope } from './translation-scope.ts'

/** Sessions kept open at one upstream, and calls that wait for users, in one process. */
const maxSessions = 1_000
const maxPendingCalls = 1_000
/** Characters of what tells clients apart: they are kept as long as their session. */
const maxKeyLength = 16_384

/** What the modern era has no more, or does in another way; not for the upstream, which might understand it. */
const unknownMethods =
  /^(?:initialize|ping|logging\/setLevel|resources\/(?:un)?subscribe|tasks\/.*|notifications\/.*)$/

/** Modern clients in front of an upstream of the session eras. */
export function createModernToSession(
  limits: CheckedLimits,
): (translation: Translation, scope: TranslationScope) => Answer | Translated {
  const pool = createSessionPool(maxSessions)
  const pending = createPendingCalls(limits.requestMs, maxPendingCalls)

  return ({ message, headers, context }, scope) => {
    // The modern era has no notification that an upstream of another era could use.
    if (message === undefined || !isRequest(message)) return { status: 202, headers: {}, body: '' }
    const { id, method } = message
    if (unknownMethods.test(method)) {
      return errorAnswer(404, id, { code: errorCodes.methodNotFound, message: `unknown method: ${method}` })
    }
    const client = sessionClient(message, context.caller, context.credential)
    if (client.key.length > maxKeyLength) {
      return badRequest(id, errorCodes.invalidParams, 'params._meta says too much about the client')
    }
    if (method === 'server/discover') return { messages: discover(id, client, pool, scope) }
    if (method === 'subscriptions/listen')
      return { messages: listenInSession({ request: message, client, ...scope }) }
    return { messages: callInSession({ request: message, headers, client, pool, pending, ...scope }) }
  }
}

async function* discover(
  id: string | number,
  client: SessionClient,
  pool: SessionPool,
  { upstream }: TranslationScope,
): AsyncGenerator<JsonObject> {
  const session = await pool.take(client, upstream)
  yield { jsonrpc: '2.0', id, result: toDiscovery(session.server) }
}
