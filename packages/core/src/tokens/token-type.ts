import { decodeProtectedHeader } from 'jose'

/**
 * `typ` of a JWT as RFC 7515 §4.1.9 compares it, in lower case and without `application/`: nothing of it is proven yet.
 *
 * @throws {TypeError} for a text that is no JWS
 */
export function tokenType(token: string): string | undefined {
  return decodeProtectedHeader(token)
    .typ?.toLowerCase()
    .replace(/^application\//, '')
}
