import type { Caller } from '../caller.ts'
import type { JsonObject, JsonRpcRequest, RequestId } from '../json-rpc.ts'
import { requestIdentity } from '../request-states.ts'
import type { PooledSession } from './session-pool.ts'

/** A call that waits for an answer of the user while the upstream holds its stream open. */
export interface PendingCall {
  readonly session: PooledSession
  readonly upstreamId: number
  readonly messages: AsyncIterator<JsonObject>
  /** What the upstream has asked: its own request id by the key that the client answers under. */
  readonly asked: ReadonlyMap<string, { readonly id: RequestId; readonly request: JsonObject }>
  /** Gives up what the call has open at the upstream. */
  readonly abort: () => void
}

/** Calls in wait, in this process: another replica, or this one after a restart, does not know them. */
export interface PendingCalls {
  /** Keeps a call and returns the name under which its own user and request can have it back. */
  add(call: PendingCall, request: JsonRpcRequest, caller: Caller): string
  /** The call, once; undefined when there is none, or it is of another user or request (H09). */
  take(name: string, request: JsonRpcRequest, caller: Caller): PendingCall | undefined
}

export function createPendingCalls(ttlMs: number, maxCalls: number): PendingCalls {
  const calls = new Map<string, { call: PendingCall; owner: string; timer: ReturnType<typeof setTimeout> }>()
  const ownerOf = (request: JsonRpcRequest, { subject, clientId }: Caller) =>
    JSON.stringify([subject, clientId, requestIdentity(request)])

  const giveUp = (name: string) => {
    const kept = calls.get(name)
    calls.delete(name)
    clearTimeout(kept?.timer)
    kept?.call.abort()
  }

  return {
    add(call, request, caller) {
      const name = crypto.randomUUID()
      const timer = setTimeout(() => giveUp(name), ttlMs)
      calls.set(name, { call, owner: ownerOf(request, caller), timer })
      if (calls.size > maxCalls) giveUp(calls.keys().next().value ?? '')
      return name
    },
    take(name, request, caller) {
      const kept = calls.get(name)
      if (kept === undefined || kept.owner !== ownerOf(request, caller)) return undefined
      calls.delete(name)
      clearTimeout(kept.timer)
      return kept.call
    },
  }
}
