import type { Caller } from './caller.ts'
import type { JsonRpcMessage, JsonRpcRequest, RequestId } from './json-rpc.ts'
import type { Era } from './protocol-version.ts'
import type { OwnSession } from './session-binding.ts'
import type { UpstreamCredential } from './upstream.ts'
import type { WatchedCall } from './watched-calls.ts'

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
  /** What the host calls the client's request. */
  readonly requestId: string | undefined
  /** The tool call, where somebody wants to know how it ends. */
  readonly call: WatchedCall | undefined
  /** Of the upstream, for this request. */
  readonly url: string
  /** The headers that every request to the upstream has, whatever it carries. */
  readonly commonHeaders: Readonly<Record<string, string>>
}

/** A message that the upstream, being of another era, would not understand as it is. */
export interface Translation {
  readonly kind: 'translation'
  readonly method: Outgoing['method']
  /** Absent for batches, GET and DELETE. */
  readonly message: JsonRpcMessage | undefined
  /** The client's mirrored headers; of the modern era alone. */
  readonly headers: Readonly<Record<string, string>>
  /** The session that the proxy holds for the client; of the session eras alone. */
  readonly session: OwnSession | undefined
  readonly context: RequestContext
}

/** Tells what is to be done apart from what has been decided. */
export const isTranslation = (value: object): value is Translation =>
  'kind' in value && value.kind === 'translation'

/** A request to the upstream, ready to be sent by any transport. */
export interface Outgoing {
  readonly url: string
  readonly method: 'POST' | 'GET' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly context: RequestContext
}
