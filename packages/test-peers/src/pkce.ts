import { base64url } from 'jose'

/** A proof key (RFC 7636): the verifier stays with the client, the challenge travels with the browser. */
export interface Pkce {
  readonly verifier: string
  readonly challenge: string
  readonly method: 'S256'
}

/** Base64url of `bytes` random bytes; 32 give the 43 characters that RFC 7636 §4.1 recommends. */
export function randomToken(bytes = 32): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)))
}

/** RFC 7636 §4.2: the S256 challenge of a verifier. */
export async function pkceChallenge(verifier: string): Promise<string> {
  return base64url.encode(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))),
  )
}

/** A fresh pair, or the pair of a given verifier. */
export async function createPkce(verifier: string = randomToken()): Promise<Pkce> {
  return { verifier, challenge: await pkceChallenge(verifier), method: 'S256' }
}
