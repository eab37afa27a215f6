import { capabilitiesOf, declaresUrlElicitation, mayAskForInput } from '../connect-required.ts'
import {
  errorCodes,
  errorResponse,
  isJsonObject,
  type JsonObject,
  type JsonRpcRequest,
  metaOf,
} from '../json-rpc.ts'
import { metaKeys } from '../protocol-version.ts'
import { declined } from './declined.ts'
import { inputCapabilities } from './input-capabilities.ts'
import { mirroredParams } from './mirrored-params.ts'
import type { PendingCall } from './pending-calls.ts'
import type { PooledSession } from './session-pool.ts'
import { type SessionCallOptions, startCall } from './start-call.ts'
import { toModernError, toModernResult } from './to-modern.ts'

/**
 * PROXY-08: a modern request in a session of the upstream. What the upstream asks on the way becomes an
 * `InputRequiredResult`; the call waits in this process until the client repeats the request with the answers.
 */
export async function* callInSession(options: SessionCallOptions): AsyncGenerator<JsonObject> {
  const { request, client, afterwards } = options
  const resumed = resume(options)
  if (resumed === 'gone') {
    yield errorResponse(
      request.id,
      errorCodes.invalidParams,
      'the call that asked has ended: call again without requestState',
    )
    return
  }
  if (resumed !== undefined) {
    options.adopt(resumed.abort)
    const delivered = await deliver(resumed, options).catch((error: unknown) => {
      // What the upstream did not take it will wait for in vain.
      resumed.abort()
      throw error
    })
    if (!delivered) {
      yield keepWaiting(resumed, options)
      return
    }
  }
  const call = resumed ?? (await startCall(options))
  let state: 'open' | 'answered' | 'waiting' = 'open'
  try {
    for (let next = await call.messages.next(); next.done !== true; next = await call.messages.next()) {
      const message = next.value
      if ('method' in message && 'id' in message) {
        if (canAsk(message, request)) {
          state = 'waiting'
          yield keepWaiting({ ...call, asked: askedIn(message) }, options)
          return
        }
        await afterwards.call('POST', declined(message), call.session.headers)
      } else if ('method' in message) {
        const passed = notificationFor(message, call.upstreamId, request)
        if (passed !== undefined) yield passed
      } else if (message['id'] === call.upstreamId) {
        state = 'answered'
        yield toAnswer(message, request)
        return
      }
    }
    state = 'answered'
    yield errorResponse(
      request.id,
      errorCodes.upstreamFailed,
      'the upstream ended the stream without an answer',
    )
  } finally {
    if (state === 'open') {
      // TR-10 for the client, TL-09 for the upstream: there a disconnect alone says nothing.
      const params = { requestId: call.upstreamId, reason: 'the client has gone' }
      const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params }
      await afterwards.call('POST', cancelled, call.session.headers).catch(() => {})
    }
    if (state !== 'waiting') call.abort()
  }

  function toAnswer(message: JsonObject, { id, method }: JsonRpcRequest): JsonObject {
    const { result, error } = message
    if (isJsonObject(error)) {
      const capabilities = capabilitiesOf(request)
      return { jsonrpc: '2.0', id, ...toModernError(error, method, declaresUrlElicitation(capabilities)) }
    }
    const known = isJsonObject(result) ? result : {}
    if (method === 'tools/list') learnTools(call.session, known)
    return { jsonrpc: '2.0', id, result: toModernResult(known, method) }
  }

  function canAsk(message: JsonObject, { method }: JsonRpcRequest): boolean {
    const capability = inputCapabilities.get(message['method'])
    return (
      capability !== undefined && client.capabilities[capability] !== undefined && mayAskForInput.has(method)
    )
  }
}

function resume({
  request,
  client: { caller },
  pending,
}: SessionCallOptions): PendingCall | 'gone' | undefined {
  const name = request.params?.['requestState']
  if (name === undefined) return undefined
  return (typeof name === 'string' ? pending.take(name, request, caller) : undefined) ?? 'gone'
}

/** Gives the client's answers to the upstream; false while one is missing (patterns/mrtr, Error Handling). */
async function deliver(call: PendingCall, { request, afterwards }: SessionCallOptions): Promise<boolean> {
  const responses = request.params?.['inputResponses']
  const given = isJsonObject(responses) ? responses : {}
  if ([...call.asked.keys()].some((key) => !Object.hasOwn(given, key))) return false
  for (const [key, { id }] of call.asked) {
    await afterwards.call('POST', { jsonrpc: '2.0', id, result: given[key] }, call.session.headers)
  }
  return true
}

function keepWaiting(call: PendingCall, { request, client, pending }: SessionCallOptions): JsonObject {
  const requestState = pending.add(call, request, client.caller)
  const inputRequests = Object.fromEntries([...call.asked].map(([key, asked]) => [key, asked.request]))
  return {
    jsonrpc: '2.0',
    id: request.id,
    result: { resultType: 'input_required', inputRequests, requestState },
  }
}

function askedIn(message: JsonObject): PendingCall['asked'] {
  const { id, method, params } = message
  const { elicitationId: _known, _meta: _ours, ...asked } = isJsonObject(params) ? params : {}
  return new Map([
    [`request-${String(id)}`, { id: id as string | number, request: { method, params: asked } }],
  ])
}

/** TR-11: progress and log messages of this request, and nothing else. */
function notificationFor(
  message: JsonObject,
  upstreamId: number,
  request: JsonRpcRequest,
): JsonObject | undefined {
  const { method, params } = message
  const meta = metaOf(request)
  if (method === 'notifications/message') return meta?.[metaKeys.logLevel] === undefined ? undefined : message
  const progressToken = meta?.['progressToken']
  if (method !== 'notifications/progress' || progressToken === undefined) return undefined
  if (!isJsonObject(params) || params['progressToken'] !== upstreamId) return undefined
  return { ...message, params: { ...params, progressToken } }
}

/** What clients are going to mirror, once they have seen this list. */
function learnTools(session: PooledSession, { tools }: JsonObject): void {
  for (const tool of Array.isArray(tools) ? (tools as readonly unknown[]) : []) {
    if (!isJsonObject(tool) || typeof tool['name'] !== 'string') continue
    const mirrored = mirroredParams(tool['inputSchema'])
    if (mirrored === 'invalid' || mirrored.length === 0) session.mirrored.delete(tool['name'])
    else session.mirrored.set(tool['name'], mirrored)
  }
}
