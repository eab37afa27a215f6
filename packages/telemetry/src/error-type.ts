const plain = /^[\w.:-]{1,64}$/

/** What kind of error it was, without its message: the stable `code` it carries, or the name of its class. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER'
  const { name } = error
  const code = 'code' in error ? error.code : undefined
  if (typeof code === 'string' && plain.test(code)) return code
  return plain.test(name) ? name : '_OTHER'
}
