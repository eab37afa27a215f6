import { parse, serialize } from 'hono/utils/cookie'

import type { Settings } from '../settings.ts'

type CookieSettings = Pick<Settings, 'development'>

/**
 * `__Host-` keeps other subdomains and other ports from planting the cookie (SEC-07). It needs https, so development
 * on plain-http loopback goes without.
 */
function cookieName({ development }: CookieSettings, name: string): string {
  return development ? `portico-${name}` : `__Host-portico-${name}`
}

export function readCookie(settings: CookieSettings, request: Request, name: string): string | undefined {
  return parse(request.headers.get('cookie') ?? '')[cookieName(settings, name)]
}

/** The names of our cookies that begin with `prefix`, oldest first (RFC 6265 §5.4). */
export function cookieNames(settings: CookieSettings, request: Request, prefix: string): readonly string[] {
  const start = cookieName(settings, prefix)
  return Object.keys(parse(request.headers.get('cookie') ?? ''))
    .filter((name) => name.startsWith(start))
    .map((name) => prefix + name.slice(start.length))
}

/** The value of a `Set-Cookie` header. `SameSite=Lax`: the browser comes back from the provider by a cross-site GET. */
export function setCookie(
  settings: CookieSettings,
  name: string,
  value: string,
  maxAgeSeconds: number,
): string {
  return serialize(cookieName(settings, name), value, {
    path: '/',
    httpOnly: true,
    secure: !settings.development,
    sameSite: 'Lax',
    // RFC 6265bis §5.5: browsers keep none longer than 400 days.
    maxAge: Math.min(maxAgeSeconds, 400 * 86_400),
  })
}

export function clearCookie(settings: CookieSettings, name: string): string {
  return setCookie(settings, name, '', 0)
}
