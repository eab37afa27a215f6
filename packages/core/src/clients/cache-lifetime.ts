/** Bounds of CIMD-14, in seconds. */
const shortest = 30
const longest = 86_400
/** For an answer that says nothing about caching. */
const usual = 600

/** How long an answer may be used again: what its headers say (RFC 9111 §4.2), within our own bounds. */
export function cacheLifetimeSeconds(headers: Headers): number {
  const control = headers.get('cache-control')?.toLowerCase() ?? ''
  if (/\b(no-store|no-cache)\b/.test(control)) return shortest
  const maxAge = /\bmax-age="?(\d{1,10})/.exec(control)?.[1]
  const age = Number(/^\d{1,10}$/.exec(headers.get('age') ?? '')?.[0] ?? 0)
  const stated = maxAge === undefined ? secondsUntilExpiry(headers) : Number(maxAge) - age
  return Math.min(longest, Math.max(shortest, stated ?? usual))
}

function secondsUntilExpiry(headers: Headers): number | undefined {
  const expires = headers.get('expires')
  if (expires === null) return undefined
  const until = Date.parse(expires)
  const from = Date.parse(headers.get('date') ?? '')
  // An unreadable date means: already expired (RFC 9111 §5.3).
  return Number.isNaN(until) || Number.isNaN(from) ? 0 : (until - from) / 1000
}
