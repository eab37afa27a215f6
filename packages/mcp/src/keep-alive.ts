/** A comment and the blank line that lets edges and clients see it at once. */
export const keepAliveComment: Uint8Array = new TextEncoder().encode(':\n\n')

const newline = 0x0a

/** Follows a stream and tells whether it stands between two events, where a comment does no harm. */
export function eventBoundary(): { see(chunk: Uint8Array): void; isBetweenEvents(): boolean } {
  let last = newline
  let beforeLast = newline
  return {
    see(chunk) {
      // The last three decide. They are read in place: every chunk of every stream comes through here.
      for (let at = Math.max(0, chunk.byteLength - 3); at < chunk.byteLength; at += 1) {
        const byte = chunk[at] ?? 0
        if (byte === 0x0d && last === newline) continue // `\n\r\n` is a blank line as `\n\n` is
        beforeLast = last
        last = byte
      }
    },
    isBetweenEvents: () => last === newline && beforeLast === newline,
  }
}
