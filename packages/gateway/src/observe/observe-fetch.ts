import type { IdentityProvider } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'

import type { AnyObserver } from './combine-observers.ts'
import type { FetchOperation } from './observer.ts'

/** Says of an address what may be kept of it. */
export type DescribeAddress = (url: URL) => Pick<FetchOperation, 'provider' | 'url'>

/** The same guarded fetch, watched. No trace context is sent: it is nobody's business outside. */
export function observeFetch(
  fetch: SafeFetch,
  observer: AnyObserver,
  to: FetchOperation['to'],
  describe: DescribeAddress,
): SafeFetch {
  return async (url, init) => {
    const parsed = URL.canParse(String(url)) ? new URL(url) : undefined
    const about = parsed ? describe(parsed) : unknown
    const activity = observer.begin({ kind: 'fetch', to, method: init?.method ?? 'GET', ...about })
    if (!activity) return fetch(url, init)
    try {
      const response = await activity.run(() => fetch(url, init))
      activity.end({ status: response.status })
      return response
    } catch (error) {
      activity.end({ error })
      throw error
    }
  }
}

const unknown = { provider: undefined, url: undefined } as const

/** Addresses that clients chose: of them nothing is kept. */
export const addressOfClient: DescribeAddress = () => unknown

/** The operator chose the upstream, and the upstream its authorization server: the path may be for one user. */
export const addressOfConnection: DescribeAddress = ({ origin }) => ({ provider: undefined, url: origin })

/** The providers' endpoints as they are configured, and the origins of these for what else is asked there. */
export function addressOfProvider(providers: readonly IdentityProvider[]): DescribeAddress {
  const byUrl = new Map<string, Pick<FetchOperation, 'provider' | 'url'>>()
  for (const { id, browserLogin, oidc } of providers) {
    const urls = [browserLogin.tokenUrl, oidc?.jwksUrl, oidc?.userinfoUrl, oidc?.revocationUrl]
    for (const url of urls) {
      if (url === undefined || !URL.canParse(url)) continue
      const { origin, pathname } = new URL(url)
      byUrl.set(origin + pathname, { provider: id, url: origin + pathname })
      if (!byUrl.has(origin)) byUrl.set(origin, { provider: id, url: origin })
    }
  }
  return ({ origin, pathname }) => byUrl.get(origin + pathname) ?? byUrl.get(origin) ?? unknown
}
