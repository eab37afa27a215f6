import { base64url, type JWTPayload, SignJWT } from 'jose'

/** An ID token before it is signed: everything in it can be bent. */
export interface IdTokenDraft {
  readonly header: Readonly<Record<string, unknown>> & { readonly alg: string }
  readonly claims: JWTPayload
  /** A private key, the bytes of a shared secret (HS256), or `none` for a token without a signature. */
  readonly key: CryptoKey | Uint8Array | 'none'
}

const segment = (value: unknown): string => base64url.encode(JSON.stringify(value))

/** Turns a draft into a token; members that are `undefined` are left out. */
export async function signDraft({ header, claims, key }: IdTokenDraft): Promise<string> {
  const present = JSON.parse(JSON.stringify({ header, claims })) as Pick<IdTokenDraft, 'header' | 'claims'>
  if (key === 'none') return `${segment(present.header)}.${segment(present.claims)}.`
  return new SignJWT(present.claims).setProtectedHeader(present.header).sign(key)
}

/** OpenID Connect Core §3.1.3.6: the left half of the access token's hash. */
export async function accessTokenHash(accessToken: string, algorithm: string): Promise<string> {
  const size = algorithm === 'EdDSA' ? '512' : algorithm.slice(2)
  const hash = await crypto.subtle.digest(`SHA-${size}`, new TextEncoder().encode(accessToken))
  return base64url.encode(new Uint8Array(hash.slice(0, hash.byteLength / 2)))
}
