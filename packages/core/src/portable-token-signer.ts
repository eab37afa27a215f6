import { importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'

/** Of a token: ES256 and nothing else. */
export interface TokenHeader {
  readonly alg: 'ES256'
  readonly typ: string
  readonly kid: string
}

/** Signs claims as a compact JWS (RFC 7515 §7.1). */
export type TokenSigner = (header: TokenHeader, claims: JWTPayload) => string | Promise<string>

/** @param jwk a private key on P-256 */
export async function createTokenSigner(jwk: JWK): Promise<TokenSigner> {
  const key = await importJWK(jwk, 'ES256')
  return (header, claims) => new SignJWT(claims).setProtectedHeader({ ...header }).sign(key)
}
