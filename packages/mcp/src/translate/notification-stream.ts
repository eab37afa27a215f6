import { isJsonObject, type JsonObject } from '../json-rpc.ts'
import type { OwnSession } from '../session-binding.ts'
import { modernHeaders } from '../standard-headers.ts'
import { discover } from './discover.ts'
import { listChanges } from './list-changes.ts'
import type { LiveSession } from './live-sessions.ts'
import { toModernRequest } from './to-modern-request.ts'
import { toSessionNotification } from './to-session.ts'
import type { TranslationScope } from './translation-scope.ts'

/** The GET stream of a session, fed by `subscriptions/listen`; asked anew whenever the client (un)subscribes a resource. */
export async function* notificationStream(
  session: OwnSession,
  live: LiveSession,
  scope: TranslationScope,
): AsyncGenerator<JsonObject> {
  live.hasStream = true
  let isChanged = true
  try {
    const { capabilities } = await discover(session, scope.upstream)
    while (isChanged) {
      isChanged = false
      const renewal = new AbortController()
      live.onSubscriptions = () => {
        isChanged = true
        renewal.abort()
      }
      try {
        yield* listen(session, live, isJsonObject(capabilities) ? capabilities : {}, scope, renewal.signal)
      } catch (error) {
        if (!isChanged) throw error
      }
    }
  } catch (error) {
    // An end by the clock is an orderly one.
    if (!scope.isTimeout()) throw error
  } finally {
    live.hasStream = false
    live.onSubscriptions = undefined
  }
}

async function* listen(
  session: OwnSession,
  live: LiveSession,
  capabilities: JsonObject,
  scope: TranslationScope,
  signal: AbortSignal,
): AsyncGenerator<JsonObject> {
  const message = toModernRequest(
    { method: 'subscriptions/listen', params: { notifications: filterFor(live, capabilities) } },
    session,
    undefined,
  )
  const reply = await scope.branch(signal).call('POST', message, modernHeaders(message))
  for await (const received of reply.messages) {
    const isPassed = 'method' in received && received['method'] !== 'notifications/subscriptions/acknowledged'
    if (isPassed && !('id' in received)) yield toSessionNotification(received)
  }
}

function filterFor({ subscriptions }: LiveSession, capabilities: JsonObject): JsonObject {
  const filter: Record<string, unknown> = {}
  for (const [member, , capability] of listChanges) {
    const offered = capabilities[capability]
    if (isJsonObject(offered) && offered['listChanged'] === true) filter[member] = true
  }
  return subscriptions.size === 0 ? filter : { ...filter, resourceSubscriptions: [...subscriptions] }
}
