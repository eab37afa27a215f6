import { getPublicSuffix } from 'tough-cookie'

/** Scheme and registrable domain: what SameSite and Sec-Fetch-Site compare (schemeful same-site). Ports do not count. */
function siteOf({ protocol, hostname }: URL): string {
  const domain = getPublicSuffix(hostname, { allowSpecialUseDomain: true, ignoreError: true })
  return `${protocol}//${domain ?? hostname}`
}

/** HTML Standard: the two URLs are same-origin, or share a site, or neither. */
export function relation(one: URL, other: URL): 'same-origin' | 'same-site' | 'cross-site' {
  if (one.origin === other.origin) return 'same-origin'
  return siteOf(one) === siteOf(other) ? 'same-site' : 'cross-site'
}

/** Secure Contexts §3.1: https, or loopback. Only these URLs receive Sec-Fetch-* headers and Secure cookies. */
export function isPotentiallyTrustworthy({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}
