/** Why a URL was refused before, or instead of, a connection. */
export type UnsafeUrlCode =
  /** Not an absolute URL. */
  | 'invalid_url'
  /** Anything but https (http on loopback in development). */
  | 'scheme'
  /** `https://user:password@host`. */
  | 'user_info'
  /** A name that means this machine or this network, or a spelling made to slip through a list. */
  | 'host'
  /** An address, literal or resolved, that is not on the public Internet. */
  | 'address'

/** The URL may not be fetched. The message names its origin at most, never its path or query. */
export class UnsafeUrlError extends Error {
  override readonly name = 'UnsafeUrlError'
  readonly code: UnsafeUrlCode

  constructor(code: UnsafeUrlCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
