import type { IdentityProvider, UnresolvedProvider } from '@portico/provider'

/** The provider itself; one that waits for its discovery document gets a plain one. */
export function resolvedProvider(provider: IdentityProvider | UnresolvedProvider): IdentityProvider {
  if (!('discoveryUrl' in provider)) return provider
  const issuer = provider.discoveryUrl.replace(/\/\.well-known\/openid-configuration.*$/, '')
  const { origin } = new URL(issuer)
  return provider.resolve({
    issuer,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/keys`,
    authorization_response_iss_parameter_supported: true,
  })
}
