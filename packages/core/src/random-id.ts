const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * An id of 132 random bits for something that is not secret. It is a text of its own: a slice would keep the whole token in
 * memory as long as the id is.
 */
export function randomId(randomToken: () => string): string {
  return decoder.decode(encoder.encode(randomToken().slice(0, 22)))
}
