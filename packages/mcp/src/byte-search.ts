const encoder = new TextEncoder()

/**
 * Finds out whether any of some texts of one length stands in bytes, without decoding them. Most bytes are skipped: one that
 * none of the texts has cannot be part of them (Horspool's algorithm).
 *
 * @throws {TypeError} when the texts have different lengths
 */
export function byteSearch(texts: readonly string[]): (bytes: Uint8Array) => boolean {
  const wanted = texts.map((text) => encoder.encode(text))
  const length = wanted[0]?.length ?? 0
  if (length === 0 || wanted.some((text) => text.length !== length)) {
    throw new TypeError('texts must have one length, which is not 0')
  }
  /** By byte: how far the end of any of the texts is from it at least. */
  const steps = new Uint8Array(256).fill(length)
  for (const text of wanted) {
    for (const [index, byte] of text.entries()) {
      steps[byte] = Math.min(steps[byte] ?? length, length - 1 - index)
    }
  }
  return (bytes) => {
    let last = length - 1
    while (last < bytes.length) {
      const step = steps[bytes[last] ?? 0] ?? length
      if (step > 0) last += step
      else {
        for (const text of wanted) if (standsAt(bytes, last - length + 1, text)) return true
        last += 1
      }
    }
    return false
  }
}

function standsAt(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text[index]) return false
  }
  return true
}
