/** Rewrites a body while it streams through. Used by every transport, one per response. */
export interface BodyFilter {
  /** The bytes to send for a chunk that arrived; possibly none. */
  push(chunk: Uint8Array): Uint8Array
  /** What is still to be sent when the upstream has ended. */
  end(): Uint8Array
}

/** An upstream's answer that the proxy must read and cannot: too large, or not what its content type says. */
export class MalformedBodyError extends Error {
  override readonly name = 'MalformedBodyError'
}
