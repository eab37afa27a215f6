import type { Upstream } from './upstream.ts'

/**
 * Where a request goes: the operator's URL, and with `forwardSearch` the query of the client's URL behind its own. What
 * the operator's URL names cannot be said again, and a token in the query stays here (G06).
 */
export function upstreamUrl({ url, forwardSearch = false }: Upstream, clientUrl: string): string {
  const start = clientUrl.indexOf('?')
  if (!forwardSearch || start < 0) return String(url)
  const target = new URL(url)
  const own = new Set(target.searchParams.keys())
  for (const [name, value] of new URLSearchParams(clientUrl.slice(start))) {
    if (!own.has(name) && name !== 'access_token') target.searchParams.append(name, value)
  }
  return target.href
}
