import type { Answer } from './answer.ts'
import type { Caller } from './caller.ts'
import type { JsonObject, JsonRpcError, JsonRpcNotification, JsonRpcRequest } from './json-rpc.ts'

/** What becomes of a message from the client. */
export type Verdict =
  /** Forwarded as it came, byte for byte. */
  | { readonly kind: 'allow' }
  /** Forwarded in another form, e.g. with the tool's own name in place of an alias. */
  | { readonly kind: 'replace'; readonly params: JsonObject }
  /** The upstream does not hear of it. */
  | { readonly kind: 'deny'; readonly error: JsonRpcError }
  /** Another token could do it: an answer that says so, e.g. `resourceServer.insufficientScope(…)`. */
  | { readonly kind: 'challenge'; readonly answer: Answer }

/** Decides who may use what, in requests and responses: only by the body, never by a header. */
export interface CapabilityPolicy {
  /** Called for every request and notification of a client, each item of a batch included. */
  judge(message: JsonRpcRequest | JsonRpcNotification, caller: Caller): Verdict | Promise<Verdict>
  /** Methods whose results `filter` wants to see; all other results pass through unread. */
  readonly filteredMethods: ReadonlySet<string>
  /**
   * The result as the caller may see it.
   *
   * @param method undefined where an answer cannot be matched to its request (a resumed stream): judge by its shape
   */
  filter(result: JsonObject, method: string | undefined, caller: Caller): JsonObject
  /**
   * The same for the text of a whole JSON answer, where that can be had without parsing all of it; undefined where it
   * cannot.
   */
  filterText?(body: string, method: string, caller: Caller): string | undefined
}
