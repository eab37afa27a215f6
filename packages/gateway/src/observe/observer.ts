import type { AuditEvent } from '@portico/core'

/**
 * Watches what a gateway does, e.g. to make traces or metrics of it. What it throws is ignored, and it is never waited for.
 *
 * Everything an operation says is safe to keep and has few different values: never a token, a code, a query or a user.
 * Events are those of the audit trail, which name users and clients: an observer chooses what it keeps of them.
 */
export interface Observer {
  /** Something begins; `undefined` when this observer wants to hear no more of it. */
  begin?(operation: Operation): Activity | undefined
  /** Something happened: the events of `auditEvents`, and `route.used` for every message of a client to a route. */
  event?(event: AuditEvent): void
  /** An event stream to a client of a route was opened (1) or is over (−1). */
  streams?(route: string, change: 1 | -1): void
}

/** Something under way. */
export interface Activity {
  /** Runs what the operation consists of: what begins meanwhile is a part of it. */
  run<Result>(work: () => Result): Result
  /** Trace context for the one who is asked: `traceparent` and `tracestate`. Sent to MCP upstreams only. */
  headers?(): Readonly<Record<string, string>>
  end(result: OperationResult): void
}

/** How an operation ended. */
export interface OperationResult {
  /** Of the HTTP answer; absent when there was none. */
  readonly status?: number | undefined
  /** Why it failed. Its message may name hosts and paths. */
  readonly error?: unknown
}

/** What takes time: by `kind`, with what is known of it when it begins. */
export type Operation = RequestOperation | StorageOperation | FetchOperation | UpstreamOperation

/** A request to the gateway; over when its answer is, event streams included. */
export interface RequestOperation {
  readonly kind: 'request'
  readonly method: string
  /** Template of the path, e.g. `/oauth/callback/{provider}` or `/mcp/demo`; absent where nothing is served. */
  readonly route: string | undefined
  /** The origin that is served, as it is configured; absent for the name of another machine. */
  readonly origin: string | undefined
  /** The one that its answer, its log lines and its events carry. */
  readonly requestId: string | undefined
  /** By name in lower case: for the trace context that came with it, and for nothing else. */
  readonly header: (name: string) => string | undefined
}

/** A verb of the storage. */
export interface StorageOperation {
  readonly kind: 'storage'
  readonly verb: 'get' | 'set' | 'take' | 'delete' | 'list' | 'deleteGroup'
  /** The kind of record; verbs on groups have none. */
  readonly record: string | undefined
}

/** A request of the authorization server, or of the gateway as somebody's client. */
export interface FetchOperation {
  readonly kind: 'fetch'
  /** Whom it goes to: an identity provider, a client's documents, or the authorization server of an upstream. */
  readonly to: 'provider' | 'client' | 'connection'
  /** Id of the identity provider. */
  readonly provider: string | undefined
  readonly method: string
  /** The address where the operator configured it, without a query; the origin of an upstream's server; else absent. */
  readonly url: string | undefined
}

/** A request to an MCP upstream; over when its answer is, event streams included. */
export interface UpstreamOperation {
  readonly kind: 'upstream'
  /** Path of the route. */
  readonly route: string
  readonly method: string
  /** Origin of the upstream, which the operator configured. */
  readonly origin: string
  /** What is sent, as far as it is known: a method of MCP, and the name of the tool or prompt. Clients choose both. */
  readonly message: () => { readonly method: string; readonly name: string | undefined } | undefined
}
