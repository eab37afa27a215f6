import { hashToken } from '#hash-token'

import type { AccessToken, VerifyToken } from './access-token.ts'

/** Options of {@link cacheVerification}. */
export interface CacheVerificationOptions {
  /** How long a verdict may be old, i.e. how late a revocation is seen; default 10. */
  readonly maxAgeSeconds?: number | undefined
  /** Default 10,000; the oldest verdict leaves first. */
  readonly maxEntries?: number | undefined
  /** Unix seconds. */
  readonly now?: (() => number) | undefined
}

interface Verdict {
  readonly token: AccessToken
  readonly until: number
}

/**
 * Remembers good tokens by their SHA-256 hash and resource, so that the signature of a busy token is verified once in
 * `maxAgeSeconds`. Never longer than the token lives; never a refusal, never a failure. A token that comes with a DPoP
 * proof is verified every time, because the proof is another one every time.
 */
export function cacheVerification(verify: VerifyToken, options: CacheVerificationOptions = {}): VerifyToken {
  const { maxAgeSeconds = 10, maxEntries = 10_000, now = unixSeconds } = options
  const verdicts = new Map<string, Verdict>()

  return async (text, resource, dpop, from) => {
    if (dpop !== undefined) return verify(text, resource, dpop, from)
    const hashed = hashToken(text)
    const key = `${typeof hashed === 'string' ? hashed : await hashed} ${resource}`
    const time = now()
    const known = verdicts.get(key)
    if (known !== undefined) {
      if (time < known.until) return known.token
      verdicts.delete(key)
    }
    const token = await verify(text, resource, undefined, from)
    if (token !== undefined) {
      if (verdicts.size >= maxEntries) dropOldest(verdicts)
      verdicts.set(key, { token, until: Math.min(token.expiresAt, time + maxAgeSeconds) })
    }
    return token
  }
}

const unixSeconds = () => Math.floor(Date.now() / 1000)

function dropOldest(verdicts: Map<string, Verdict>): void {
  const oldest = verdicts.keys().next()
  if (oldest.done !== true) verdicts.delete(oldest.value)
}
