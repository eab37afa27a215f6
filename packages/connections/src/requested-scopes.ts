import type { DiscoveredUpstream } from './discover-upstream.ts'
import type { OAuthUpstream } from './upstream-options.ts'

/** Hosts of Microsoft's authorization servers: they refuse `resource` (AADSTS9010010) and want a scope in its place. */
const entraHost = /^login\.(?:microsoftonline\.(?:com|us)|partner\.microsoftonline\.cn|chinacloudapi\.cn)$/

const isEntra = (issuer: string): boolean => URL.canParse(issuer) && entraHost.test(new URL(issuer).hostname)

/**
 * UP-06, R141: the configured scopes, else those of the challenge, else those of the resource metadata, else none; what
 * was granted before stays (SCOPE-08). `offline_access` where the server offers it (UP-07).
 */
export function requestedScopes(
  upstream: OAuthUpstream,
  { server, resource, scopesSupported }: DiscoveredUpstream,
  challenged: string | undefined,
  granted: string | undefined,
): readonly string[] {
  const split = (text: string | undefined) => (text ?? '').split(/\s+/).filter((scope) => scope !== '')
  const wanted = upstream.scopes ?? (challenged === undefined ? (scopesSupported ?? []) : split(challenged))
  const mapped = wanted.length === 0 && isEntra(server.issuer) ? [`${resource}/.default`] : wanted
  const offline = server.scopes_supported?.includes('offline_access') === true ? ['offline_access'] : []
  const stepUp = challenged === undefined ? [] : [...split(challenged), ...split(granted)]
  return [...new Set([...mapped, ...stepUp, ...offline])]
}

/** The `resource` parameter (RFC 8707), or undefined where it is left out (UP-19). */
export function requestedResource(
  upstream: OAuthUpstream,
  { server, resource }: DiscoveredUpstream,
): string | undefined {
  if (upstream.resource === false) return undefined
  if (upstream.resource !== undefined) return upstream.resource
  return isEntra(server.issuer) ? undefined : resource
}

/** R143: the operator's choice, else `consent` together with `offline_access`, which some servers demand for it. */
export function requestedPrompt({ prompt }: OAuthUpstream, scopes: readonly string[]): string | undefined {
  if (prompt === false) return undefined
  return prompt ?? (scopes.includes('offline_access') ? 'consent' : undefined)
}
