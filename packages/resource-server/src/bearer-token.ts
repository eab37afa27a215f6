/** What an `Authorization` header holds. */
export type BearerToken =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }
  /** More than one at once (RFC 6750 §3.1: `invalid_request`). */
  | { readonly kind: 'several' }
  | { readonly kind: 'token'; readonly token: string }

const bearer = /^bearer(?: +(.*))?$/i
/** RFC 6750 §2.1 `b64token`. */
const syntax = /^[A-Za-z0-9._~+/-]+=*$/

/** Reads the header as it was received; several headers arrive joined by commas. Other schemes are no token. */
export function parseBearerToken(authorization: string | undefined): BearerToken {
  if (authorization === undefined) return { kind: 'absent' }
  const match = bearer.exec(authorization.trim())
  if (match === null) {
    return /(?:^|,)\s*bearer /i.test(authorization) ? { kind: 'several' } : { kind: 'absent' }
  }
  const token = match[1] ?? ''
  if (token.includes(',')) return { kind: 'several' }
  return syntax.test(token) ? { kind: 'token', token } : { kind: 'malformed' }
}
