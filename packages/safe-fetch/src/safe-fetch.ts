/** What a guarded request may say. There are no redirects, credentials or cookies to configure. */
export interface SafeFetchInit {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
  /** Milliseconds for the whole exchange, body included; never more than the instance's own limit. */
  readonly timeoutMs?: number
  /** Bytes of decoded body to read at most; never more than the instance's own limit. */
  readonly maxBytes?: number
}

/**
 * Fetches a URL that somebody else named: https only, public addresses only, no redirect, bounded in size and time.
 * The answer's body has been read completely when the promise resolves.
 *
 * @throws {UnsafeUrlError} when the URL or an address it resolves to is refused
 * @throws {FetchFailedError} for everything that went wrong on the way: network, time, size, redirect
 */
export type SafeFetch = (url: string | URL, init?: SafeFetchInit) => Promise<Response>
