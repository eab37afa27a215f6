import type { IdentityProvider } from '@portico/provider'

import type { Settings } from '../settings.ts'

const usualSeconds = 28_800

/**
 * R052: how long a browser stays signed in, in seconds. A provider's own setting may be shorter than the server's; it may be
 * longer only where the server has none.
 */
export function sessionLifetime(
  { sessionTtlSeconds: most }: Pick<Settings, 'sessionTtlSeconds'>,
  { settings: { sessionTtlSeconds: own = most ?? usualSeconds } }: Pick<IdentityProvider, 'settings'>,
): number {
  return most === undefined ? own : Math.min(own, most)
}
