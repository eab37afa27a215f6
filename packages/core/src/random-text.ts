import { base64urlText } from './digest.ts'

/** 256 bits. */
const bytesPerText = 32
/** A draw costs nearly the same however much is drawn. */
const textsPerDraw = 256

/** Unguessable text of 256 bits, base64url. Random bytes are drawn for many texts at a time: each draw is a system call. */
export function createRandomText(): () => string {
  const pool = new Uint8Array(textsPerDraw * bytesPerText)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      crypto.getRandomValues(pool)
      used = 0
    }
    const bytes = pool.subarray(used, used + bytesPerText)
    used += bytesPerText
    const text = base64urlText(bytes)
    // Nothing that was given out stays in memory here.
    bytes.fill(0)
    return text
  }
}
