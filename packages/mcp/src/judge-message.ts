import { type AtOnce, whenKnown } from './at-once.ts'
import type { Caller } from './caller.ts'
import type { CapabilityPolicy, Verdict } from './capability-policy.ts'
import type { JsonObject, JsonRpcNotification, JsonRpcRequest } from './json-rpc.ts'

/** A request or notification of a client, and what was decided about it before the upstream hears of it. */
export interface JudgedMessage {
  readonly method: string
  /** As the client sent them: they may hold anything. */
  readonly params: JsonObject | undefined
  readonly caller: Caller
  readonly verdict: Verdict['kind']
  /** What the host calls the client's request. */
  readonly requestId?: string | undefined
}

/** Decides about one message, and tells the observer; at once where the policy does. */
export function judgeMessage(
  {
    policy,
    onMessage,
  }: {
    readonly policy: CapabilityPolicy | undefined
    readonly onMessage?: ((message: JudgedMessage) => void) | undefined
  },
  message: JsonRpcRequest | JsonRpcNotification,
  caller: Caller,
  requestId?: string,
): AtOnce<Verdict> {
  return whenKnown(policy?.judge(message, caller) ?? allow, (verdict) => {
    const { method, params } = message
    onMessage?.({ method, params, caller, verdict: verdict.kind, requestId })
    return verdict
  })
}

const allow: Verdict = { kind: 'allow' }
