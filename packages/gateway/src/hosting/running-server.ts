/** What every `serve` takes, whatever the runtime. */
export interface HostingOptions {
  /** 0 for any free one. */
  readonly port: number
  /** Addresses to listen on; default both of loopback, as `localhost` may mean either. `['::']` is the whole network. */
  readonly hosts?: readonly string[]
  /**
   * Proxies whose `X-Forwarded-For` or `Forwarded`, and `X-Request-Id`, are believed, as addresses and ranges: for limits by
   * address, events and `onRequest`.
   */
  readonly trustedProxies?: readonly string[]
  /** How long what is under way may take after `close`; default 10. */
  readonly drainSeconds?: number
  /** Told about every request: on Node when it is over, elsewhere as soon as its answer begins. */
  readonly onRequest?: (request: ServedRequest) => void
}

/** One line of an access log. Queries are left out: they carry codes and states. */
export interface ServedRequest {
  readonly method: string
  /** Empty on Bun and Deno where the host of a request is none, so that its URL cannot be read. */
  readonly path: string
  /** 0 when the client left before it was answered; Deno tells too late, and it is the status that nobody has got. */
  readonly status: number
  readonly durationMs: number
  readonly clientAddress: string
  /** As it was sent back in `X-Request-Id`. */
  readonly requestId: string
}

/** A server that listens, until it is closed. */
export interface RunningServer {
  readonly port: number
  /** Takes nothing new, lets what is under way finish, and cuts off what does not. */
  close(): Promise<void>
}

/** Hosts that `serve` listens on by default. */
export const loopbackHosts: readonly string[] = ['127.0.0.1', '::1']
