/** How a token is presented: by showing it (RFC 6750), or with a proof of the key it is bound to (RFC 9449). */
export type TokenScheme = 'Bearer' | 'DPoP'

/** What an `Authorization` header holds. */
export type PresentedToken =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly scheme: TokenScheme }
  /** More than one at once (RFC 6750 §3.1: `invalid_request`). */
  | { readonly kind: 'several' }
  | { readonly kind: 'token'; readonly scheme: TokenScheme; readonly token: string }

const bearerAlone = { one: /^(bearer)(?: +(.*))?$/i, anywhere: /(?:^|,)\s*bearer /i }
const either = { one: /^(bearer|dpop)(?: +(.*))?$/i, anywhere: /(?:^|,)\s*(?:bearer|dpop) /i }
/** RFC 6750 §2.1 `b64token`, RFC 9449 §7.1 `token68`. */
const syntax = /^[A-Za-z0-9._~+/-]+=*$/

/** Reads the header as it was received; several headers arrive joined by commas. Other schemes are no token. */
export function parsePresentedToken(authorization: string | undefined, takesDpop: boolean): PresentedToken {
  if (authorization === undefined) return { kind: 'absent' }
  const { one, anywhere } = takesDpop ? either : bearerAlone
  const match = one.exec(authorization.trim())
  if (match === null) return { kind: anywhere.test(authorization) ? 'several' : 'absent' }
  const [, name = '', token = ''] = match
  if (token.includes(',')) return { kind: 'several' }
  const scheme = name.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer'
  return syntax.test(token) ? { kind: 'token', scheme, token } : { kind: 'malformed', scheme }
}
