import type { SafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'

/** Seals texts, bound to the words of `context`; the vault of `@portico/core` is one. */
export interface Sealer {
  seal(plaintext: string, context: readonly string[]): Promise<string>
  open(sealed: string, context: readonly string[]): Promise<string>
  /** Ids of the keys that open, the newest first: it seals. */
  readonly keyIds: readonly string[]
  /** Id of the key that a text is sealed under; it need not be one that still opens. */
  keyIdOf(sealed: string): string
}

/** Something that happened to a connection. Names are stable; never a token in it. */
export interface ConnectionEvent {
  readonly name: string
  readonly outcome: 'success' | 'denied' | 'failure'
  readonly subject?: string | undefined
  readonly upstream: string
  readonly reason?: string | undefined
  /** What the host calls the request that led to it; a refresh has none, as it may serve several. */
  readonly requestId?: string | undefined
}

/** Everything the functions of this package need. */
export interface ConnectionContext {
  readonly storage: Storage
  readonly sealer: Sealer
  /** For URLs that an upstream named. */
  readonly fetch: SafeFetch
  /** Origin of the gateway. */
  readonly publicUrl: string
  /** Plain http is allowed on loopback. */
  readonly development: boolean
  /** Shown by upstreams when they ask for consent. */
  readonly clientName: string
  /** Path prefix of the connect pages. */
  readonly connectPath: string
  /** Unix seconds. */
  readonly now: () => number
  readonly randomToken: () => string
  /** Milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  readonly emit: (event: ConnectionEvent) => void
}

/** An upstream, its authorization server, or the way there did wrong. The message is for the operator. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  /** Stable, e.g. `upstream_discovery_failed`. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
