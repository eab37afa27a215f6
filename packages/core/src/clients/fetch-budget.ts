import { OAuthError } from '../oauth-error.ts'

export interface FetchBudgetOptions {
  /** Unix seconds. */
  readonly now: () => number
  /** New fetches per host and minute. */
  readonly perHost: number
  /** New fetches per minute in total. */
  readonly total: number
}

/**
 * Limits how often strangers can make this server fetch something (CIMD-15, CIMD-16): failures are not cached, so without
 * it every request with an invented client id would go out.
 */
export interface FetchBudget {
  /** @throws {OAuthError} `temporarily_unavailable` when the minute's share is used up */
  spend(url: string): void
}

const windowSeconds = 60

export function createFetchBudget({ now, perHost, total }: FetchBudgetOptions): FetchBudget {
  let window = 0
  let spent = 0
  // Cleared every minute, and never larger than `total`.
  const spentByHost = new Map<string, number>()

  return {
    spend(url) {
      const current = Math.floor(now() / windowSeconds)
      if (current !== window) {
        window = current
        spent = 0
        spentByHost.clear()
      }
      const { host } = new URL(url)
      const ofHost = spentByHost.get(host) ?? 0
      if (spent >= total || ofHost >= perHost) {
        throw new OAuthError(
          'temporarily_unavailable',
          'Too many client documents were requested. Try again in a minute.',
          {
            headers: { 'retry-after': String(windowSeconds) },
          },
        )
      }
      spent += 1
      spentByHost.set(host, ofHost + 1)
    },
  }
}
