import type { OidcDerivation } from './contract.ts'

/**
 * Whether a provider that publishes `published` has the endpoint `derived`: it is the same, or the same place behind the
 * issuer, where the provider is asked at another address than its public one. A server that is reached inside a private
 * network goes on publishing what its issuer is for everybody.
 */
export function isPublishedAs(
  { issuer, discoveryUrl }: Pick<OidcDerivation, 'issuer' | 'discoveryUrl'>,
  derived: string,
  published: unknown,
): boolean {
  if (published === derived) return true
  const inside = discoveryUrl?.replace(/\/\.well-known\/openid-configuration(?:\?.*)?$/, '')
  if (inside === undefined || inside === discoveryUrl || !derived.startsWith(`${inside}/`)) return false
  return published === `${issuer.replace(/\/$/, '')}${derived.slice(inside.length)}`
}
