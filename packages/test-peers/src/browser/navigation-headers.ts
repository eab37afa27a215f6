import { isPotentiallyTrustworthy, relation } from './site.ts'

/** One request of a navigation, and what led to it. */
export interface NavigationRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  /** The document that caused the navigation; none for an address typed or opened by a program. */
  readonly initiator: URL | undefined
  readonly referrerPolicy: string
  /** A click, a button, a typed address; not a refresh by the page itself. */
  readonly userActivated: boolean
  /** Every URL of this navigation before this one. */
  readonly earlier: readonly URL[]
}

/** Fetch Metadata: `none` for the user's own navigations, else the worst relation along the redirects. */
function secFetchSite({ url, initiator, earlier }: NavigationRequest): string {
  if (initiator === undefined) return 'none'
  const relations = new Set([...earlier, url].map((each) => relation(initiator, each)))
  if (relations.has('cross-site')) return 'cross-site'
  return relations.has('same-site') ? 'same-site' : 'same-origin'
}

const isDowngrade = (from: URL, to: URL): boolean =>
  isPotentiallyTrustworthy(from) && !isPotentiallyTrustworthy(to)

/** Referrer Policy §8.3. */
function refererOf({ url, initiator, referrerPolicy }: NavigationRequest): string | undefined {
  if (initiator === undefined) return undefined
  const origin = `${initiator.origin}/`
  const full = `${initiator.origin}${initiator.pathname}${initiator.search}`
  const same = initiator.origin === url.origin
  const down = isDowngrade(initiator, url)
  switch (referrerPolicy) {
    case 'no-referrer':
      return undefined
    case 'origin':
      return origin
    case 'unsafe-url':
      return full
    case 'same-origin':
      return same ? full : undefined
    case 'strict-origin':
      return down ? undefined : origin
    case 'no-referrer-when-downgrade':
      return down ? undefined : full
    case 'origin-when-cross-origin':
      return same ? full : origin
    default:
      if (down) return undefined
      return same ? full : origin
  }
}

/**
 * Fetch §3.2: a form's POST carries `Origin`. Under `no-referrer` it is `null`, even towards the page's own server,
 * and so it is after a redirect between foreign origins.
 */
function originOf({ url, initiator, referrerPolicy, earlier }: NavigationRequest): string {
  if (initiator === undefined || referrerPolicy === 'no-referrer') return 'null'
  const chain = [...earlier, url]
  const tainted = chain.some((each, index) => {
    const next = chain[index + 1]
    return next !== undefined && each.origin !== next.origin && each.origin !== initiator.origin
  })
  if (tainted) return 'null'
  if (referrerPolicy === 'same-origin' && initiator.origin !== url.origin) return 'null'
  const keepsSecret = ['', 'strict-origin', 'strict-origin-when-cross-origin', 'no-referrer-when-downgrade']
  if (keepsSecret.includes(referrerPolicy) && isDowngrade(initiator, url)) return 'null'
  return initiator.origin
}

/** The headers Chrome sends with a top-level navigation, cookies aside. */
export function navigationHeaders(navigation: NavigationRequest): Headers {
  const headers = new Headers({
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'accept-language': 'en',
    'upgrade-insecure-requests': '1',
    'user-agent':
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  })
  if (isPotentiallyTrustworthy(navigation.url)) {
    headers.set('sec-fetch-site', secFetchSite(navigation))
    headers.set('sec-fetch-mode', 'navigate')
    headers.set('sec-fetch-dest', 'document')
    if (navigation.userActivated) headers.set('sec-fetch-user', '?1')
  }
  const referer = refererOf(navigation)
  if (referer !== undefined) headers.set('referer', referer)
  if (navigation.method === 'POST') {
    headers.set('origin', originOf(navigation))
    headers.set('content-type', 'application/x-www-form-urlencoded')
  }
  return headers
}
