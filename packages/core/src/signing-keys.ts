import type { JWK, JWTPayload } from 'jose'

/** The key ring that signs access tokens: shared by all nodes through the storage, rotated with overlap. */
export interface SigningKeys {
  /** Signs with the active key. `typ` is `at+jwt` for access tokens (RFC 9068 §2.1). */
  sign(payload: JWTPayload, typ: string): Promise<string>
  /** Public keys: active, next and those whose tokens may still live (`/.well-known/jwks.json`). */
  publicKeys(): Promise<readonly JWK[]>
  /** @throws {OAuthError} `invalid_token` when the signature, algorithm, `typ` or key is not ours */
  verify(token: string, typ: string): Promise<JWTPayload>
}
