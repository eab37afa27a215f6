import { sha256Text } from '../digest.ts'
import type { Settings } from '../settings.ts'
import type { Html } from './html.ts'
import { stylesheet } from './stylesheet.ts'

/**
 * The headers of everything a browser shows or follows here (AS-40): no framing, no referrer, no cache, no script.
 * Deliberately absent: `form-action`, which Chromium applies to the whole chain of redirects behind a form (SEC-06), and
 * `Cross-Origin-Opener-Policy`, which would cut pop-ups off from the clients that opened them.
 */
export function browserHeaders(theme: Settings['theme']): Headers {
  return new Headers({
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(theme),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
  })
}

/** An HTML answer. `cookies` are `Set-Cookie` values. */
export async function pageResponse(
  theme: Settings['theme'],
  page: Html,
  options: { readonly status?: number; readonly cookies?: readonly string[] } = {},
): Promise<Response> {
  const headers = browserHeaders(theme)
  headers.set('content-type', 'text/html; charset=utf-8')
  headers.set('vary', 'Accept-Language, Cookie')
  for (const cookie of options.cookies ?? []) headers.append('set-cookie', cookie)
  return new Response(String(await page), { status: options.status ?? 200, headers })
}

/** Sends the browser on by GET, whatever it came with: 303, never 307 or 308 (AS-38). */
export function seeOther(
  theme: Settings['theme'],
  location: string | URL,
  cookies: readonly string[] = [],
): Response {
  const headers = browserHeaders(theme)
  headers.set('location', String(location))
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

function contentSecurityPolicy(theme: Settings['theme']): string {
  // Base64 as CSP has it, with padding: not every browser takes the alphabet of URLs.
  const hash = `${sha256Text(stylesheet(theme)).replaceAll('-', '+').replaceAll('_', '/')}=`
  return [
    `default-src 'none'`,
    `style-src 'sha256-${hash}'`,
    ...(theme.logoUrl === undefined ? [] : [`img-src ${logoSource(theme.logoUrl)}`]),
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

function logoSource(logoUrl: string): string {
  return URL.canParse(logoUrl) ? new URL(logoUrl).origin : `'self'`
}
