import { OAuthError } from '../oauth-error.ts'

/**
 * RFC 9449 §5, §10: what is bound to a key is redeemed by its holder only.
 *
 * @throws {OAuthError} `invalid_dpop_proof`
 */
export function requireKey(bound: string | undefined, proven: string | undefined): void {
  if (bound === undefined || bound === proven) return
  throw new OAuthError('invalid_dpop_proof', 'The request must prove the key that this was bound to.')
}
