import { OAuthError } from '../oauth-error.ts'
import type { Resource } from '../settings.ts'

/**
 * RFC 9449 §5, §10: what is bound to a key is redeemed by its holder only.
 *
 * @throws {OAuthError} `invalid_dpop_proof`
 */
export function requireKey(bound: string | undefined, proven: string | undefined): void {
  if (bound === undefined || bound === proven) return
  throw new OAuthError(
    'invalid_dpop_proof',
    'The request must carry a DPoP proof of the key that this is bound to.',
  )
}

/**
 * A token for a resource that takes bound tokens alone would be good for nothing without a key.
 *
 * @throws {OAuthError} `invalid_dpop_proof`
 */
export function requireKeyFor({ dpopBound }: Resource, proven: string | undefined): void {
  if (!dpopBound || proven !== undefined) return
  throw new OAuthError(
    'invalid_dpop_proof',
    'The resource only takes tokens that are bound to a key: send a DPoP proof.',
  )
}
