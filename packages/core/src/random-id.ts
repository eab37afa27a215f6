/**
 * An id of 132 random bits for something that is not secret. It is a text of its own: a slice would keep the whole token in
 * memory as long as the id is, and so would a sum of two.
 */
export function randomId(randomToken: () => string): string {
  const token = randomToken()
  return [token.slice(0, 11), token.slice(11, 22)].join('')
}
