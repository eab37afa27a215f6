import * as base64url from 'jose/base64url'

import { idTokenError } from './id-token-error.ts'

/** OpenID Connect Core §3.1.3.8: where `at_hash` is present, both tokens come from the same answer. */
export async function checkAccessTokenHash(
  accessTokenHash: unknown,
  accessToken: string | undefined,
  alg: string,
): Promise<void> {
  if (accessTokenHash === undefined || accessToken === undefined) return
  const size = /^[A-Z]{2}(256|384|512)$/.exec(alg)?.[1] ?? '512'
  const hash = await crypto.subtle.digest(`SHA-${size}`, new TextEncoder().encode(accessToken))
  if (base64url.encode(new Uint8Array(hash, 0, hash.byteLength / 2)) !== accessTokenHash) {
    throw idTokenError(
      'id_token_access_token_mismatch',
      '"at_hash" of the ID token does not fit the access token.',
    )
  }
}
