import { isJsonObject, type JsonObject, type JsonRpcRequest, metaOf } from '../json-rpc.ts'
import { metaKeys } from '../protocol-version.ts'
import { answerOf } from './answer-of.ts'
import { declined } from './declined.ts'
import { listChanges } from './list-changes.ts'
import type { SessionClient } from './session-client.ts'
import { openSession, type PooledSession } from './session-pool.ts'
import { openStream } from './session-stream.ts'
import type { UpstreamCaller } from './upstream-caller.ts'

export interface SessionListenOptions {
  readonly request: JsonRpcRequest
  readonly client: SessionClient
  readonly upstream: UpstreamCaller
  readonly afterwards: UpstreamCaller
  /** Settles when the exchange is given up. */
  readonly givenUp: Promise<void>
  /** Whether it was given up because its time is over. */
  readonly isTimeout: () => boolean
}

/**
 * TR-13: `subscriptions/listen` over the GET stream of a session of its own, because a session has one such stream. First
 * the acknowledgement of what can be had, then only that.
 */
export async function* listenInSession(options: SessionListenOptions): AsyncGenerator<JsonObject> {
  const { request, client, upstream, afterwards, givenUp, isTimeout } = options
  const { id } = request
  const tagged = (params: JsonObject) => ({
    ...params,
    _meta: { ...metaOf({ params }), [metaKeys.subscriptionId]: id },
  })
  const session = await openSession(client, upstream)
  try {
    const stream = await openStream(upstream, session.headers)
    const honored = stream === undefined ? {} : await subscribe(session, request, upstream)
    yield {
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: tagged({ notifications: honored }),
    }
    try {
      if (stream !== undefined) {
        for await (const message of stream.messages) {
          if ('id' in message && 'method' in message)
            await afterwards.call('POST', declined(message), session.headers)
          else if (isWanted(message, honored)) {
            const params = isJsonObject(message['params']) ? message['params'] : {}
            yield { ...message, params: tagged(params) }
          }
        }
      }
    } catch (error) {
      // An end by the clock is an orderly one.
      if (!isTimeout()) throw error
    }
    if (stream === undefined) await givenUp
    yield { jsonrpc: '2.0', id, result: { resultType: 'complete', _meta: { [metaKeys.subscriptionId]: id } } }
  } finally {
    await afterwards.call('DELETE', undefined, session.headers).catch(() => {})
  }
}

/** What of the wish can be granted. */
async function subscribe(
  session: PooledSession,
  { params }: JsonRpcRequest,
  upstream: UpstreamCaller,
): Promise<JsonObject> {
  const wanted = isJsonObject(params?.['notifications']) ? params['notifications'] : {}
  const honored: Record<string, unknown> = {}
  for (const [member, , capability] of listChanges) {
    const offered = session.capabilities[capability]
    if (wanted[member] === true && isJsonObject(offered) && offered['listChanged'] === true)
      honored[member] = true
  }
  const uris: unknown = wanted['resourceSubscriptions']
  const resources = session.capabilities['resources']
  if (!Array.isArray(uris) || !isJsonObject(resources) || resources['subscribe'] !== true) return honored
  const subscribed: string[] = []
  for (const uri of uris as readonly unknown[]) {
    if (typeof uri !== 'string') continue
    const id = session.nextId()
    const message = { jsonrpc: '2.0', id, method: 'resources/subscribe', params: { uri } }
    const reply = await upstream.call('POST', message, session.headers)
    if ((await answerOf(reply.messages, id))?.['result'] !== undefined) subscribed.push(uri)
  }
  return subscribed.length === 0 ? honored : { ...honored, resourceSubscriptions: subscribed }
}

function isWanted({ method, params }: JsonObject, honored: JsonObject): boolean {
  if (listChanges.some(([member, name]) => name === method && honored[member] === true)) return true
  const uris = honored['resourceSubscriptions']
  const uri = isJsonObject(params) ? params['uri'] : undefined
  return method === 'notifications/resources/updated' && Array.isArray(uris) && uris.includes(uri)
}
