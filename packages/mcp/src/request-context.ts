import type { Caller } from './caller.ts'
import type { JsonRpcRequest, RequestId } from './json-rpc.ts'
import type { Era } from './protocol-version.ts'
import type { UpstreamCredential } from './upstream.ts'

/** What the way back has to know about the way in. */
export interface RequestContext {
  readonly caller: Caller
  readonly era: Era
  /** The single request of a POST; absent for everything else. */
  readonly request: JsonRpcRequest | undefined
  /** The method of every request in the body, by id. */
  readonly methods: ReadonlyMap<RequestId, string>
  /** What the client takes: it may have said JSON alone, or event streams alone (TL-10). */
  readonly accepts: { readonly json: boolean; readonly eventStream: boolean }
  /** The client's handle of its session, if it sent one. */
  readonly sessionHandle: string | undefined
  /** The client opens URLs for the user. */
  readonly opensUrls: boolean
  /** Answers the proxy has already given, for the refused requests of a batch. */
  readonly refused: readonly object[]
  readonly credential: UpstreamCredential | undefined
  readonly isRetry: boolean
}

/** A request to the upstream, ready to be sent by any transport. */
export interface Outgoing {
  readonly url: string
  readonly method: 'POST' | 'GET' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly context: RequestContext
}
