import { Cookie, CookieJar } from 'tough-cookie'

import type { Clock } from '../clock.ts'
import { relation } from './site.ts'

/** A `Set-Cookie` line that a browser drops without a word. */
export interface RefusedCookie {
  readonly url: string
  readonly header: string
  readonly reason: string
}

/** One cookie as the next request would send it. */
export interface SentCookie {
  readonly name: string
  readonly value: string
}

/**
 * Cookies as Chromium keeps them: prefixes enforced, SameSite `Lax` by default (without its two-minute exception for
 * POST), `None` only with `Secure`, expiry by the test's clock.
 */
export function createCookies(clock: Clock) {
  const options = { prefixSecurity: 'strict', enforceSecureOriginOnStorage: true } as const
  let jar = new CookieJar(undefined, options)
  const refused: RefusedCookie[] = []

  function keep(header: string, url: URL): string | undefined {
    const cookie = Cookie.parse(header)
    if (cookie === undefined) return 'it cannot be parsed'
    if (cookie.key.length + cookie.value.length > 4096) return 'name and value are longer than 4096 bytes'
    if (cookie.sameSite === 'none' && !cookie.secure) return 'SameSite=None needs Secure'
    cookie.sameSite ??= 'lax'
    // The jar reads the machine's clock, so a lifetime becomes a date of the test's clock first.
    if (typeof cookie.maxAge === 'number') {
      cookie.setExpires(new Date(clock.now() + cookie.maxAge * 1000))
      cookie.maxAge = null
    }
    try {
      jar.setCookieSync(cookie, url.href)
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  return {
    refused,
    store(headers: Headers, url: URL): void {
      for (const header of headers.getSetCookie()) {
        const reason = keep(header, url)
        if (reason !== undefined) refused.push({ url: url.href, header, reason })
      }
    },
    /** @param initiator the document that caused the request; none for an address typed or opened by a program */
    toSend(url: URL, method: string, initiator: URL | undefined): readonly SentCookie[] {
      const near = initiator === undefined || relation(initiator, url) !== 'cross-site'
      const across = method === 'GET' ? 'lax' : 'none'
      const sameSiteContext = near ? 'strict' : across
      return jar
        .getCookiesSync(url.href, { sameSiteContext, expire: false })
        .filter((cookie) => (cookie.expiryTime() ?? Infinity) > clock.now())
        .map(({ key, value }) => ({ name: key, value }))
    },
    clear(): void {
      jar = new CookieJar(undefined, options)
      refused.length = 0
    },
  }
}
