/** What went wrong on the way. */
export type FetchFailedCode =
  /** The name does not resolve. */
  | 'dns'
  /** No connection, a TLS failure, or a connection that broke. */
  | 'network'
  /** The trusted egress proxy refused or failed; there is no direct attempt. */
  | 'proxy'
  /** The time limit of the whole exchange. */
  | 'timeout'
  /** The caller's signal. */
  | 'aborted'
  /** More decoded bytes than allowed. */
  | 'too_large'
  /** A 3xx answer: redirects are never followed. */
  | 'redirect'
  /** A content encoding that is unknown or does not decode. */
  | 'encoding'

/** The exchange failed. `cause` keeps the original error; the message names the origin, never path, query or body. */
export class FetchFailedError extends Error {
  override readonly name = 'FetchFailedError'
  readonly code: FetchFailedCode

  constructor(code: FetchFailedCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
