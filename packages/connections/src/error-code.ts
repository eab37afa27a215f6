/**
 * What an authorization server calls an error, as far as it looks like a code (RFC 6749 §5.2): events and messages are no
 * place for other texts of a stranger, which may be long, or hold what nobody should read.
 */
export function errorCode(error: string): string {
  return /^[\w.:-]{1,64}$/.test(error) ? error : 'unexpected'
}
