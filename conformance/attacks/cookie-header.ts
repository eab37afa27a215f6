import type { ScriptedBrowser } from '@portico/test-peers'

/** The `Cookie` header that a browser would send. */
export function cookieHeader(browser: ScriptedBrowser, url: string): string {
  return browser
    .cookies(url)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}
