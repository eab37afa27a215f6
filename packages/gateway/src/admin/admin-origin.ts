import { hostUrl } from '../hosting/host-url.ts'

/**
 * Finds the origin that a request for the admin side came by, from its `Host` header: a name that somebody could point at
 * this machine (DNS rebinding) has none, unless it is the configured one. Bare addresses cannot be pointed anywhere.
 *
 * @param url the configured origin
 */
export function adminOrigins(url: string | undefined): (host: string | undefined) => string | undefined {
  const configured = url === undefined ? undefined : new URL(url)
  return (host) => {
    const named = hostUrl(host)
    if (!named) return undefined
    if (configured && new URL(`${configured.protocol}//${host}`).host === configured.host) {
      return configured.origin
    }
    return named.hostname === 'localhost' || isAddress(named.hostname) ? named.origin : undefined
  }
}

/** Whether what a browser sends there can be read by nobody on the way: https, or the same machine. */
export function isConfidential(origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  return (
    protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  )
}

/** Of a URL, so in its canonical form. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(hostname)
}
