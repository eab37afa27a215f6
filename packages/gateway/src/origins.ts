import { isLoopbackHost } from '@portico/safe-fetch'

import type { GatewayOrigin } from './gateway-origin.ts'
import { hostUrl } from './hosting/host-url.ts'

/** Finds what is served to a request by its `Host` header. */
export type FindOrigin = (host: string | undefined) => GatewayOrigin | undefined

/** One origin, whatever a request calls it: only on loopback the name must be loopback too, against DNS rebinding. */
export function fixedOrigin(origin: GatewayOrigin): FindOrigin {
  const { host: ownHost, hostname } = new URL(origin.publicUrl)
  if (!isLoopbackHost(hostname)) return () => origin
  return (host) => (host === ownHost || loopbackUrl(host) ? origin : undefined)
}

/** More than the spellings of this machine, times the ports that are forwarded to it. */
const maxOrigins = 16

/** Each loopback name with its port is a separate origin, because clients compare URLs character by character. */
export function loopbackOrigins(create: (publicUrl: string) => GatewayOrigin): FindOrigin {
  const origins = new Map<string, GatewayOrigin>()
  return (host) => {
    // Spelled as it is in the URL: nearly every request.
    const same = origins.get(`http://${host ?? ''}`)
    if (same) return same
    const publicUrl = loopbackUrl(host)
    if (publicUrl === undefined) return undefined
    const known = origins.get(publicUrl)
    if (known) return known
    const created = create(publicUrl)
    const [oldest] = origins.keys()
    if (oldest !== undefined && origins.size >= maxOrigins) origins.delete(oldest)
    origins.set(publicUrl, created)
    return created
  }
}

function loopbackUrl(host: string | undefined): string | undefined {
  const named = hostUrl(host)
  return named && isLoopbackHost(named.hostname) ? named.origin : undefined
}
