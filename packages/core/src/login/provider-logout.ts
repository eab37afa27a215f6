import type { IdentityProvider, LogoutDerivation } from '@portico/provider'

/** How the provider ends its own session; `undefined` where it cannot be asked to. */
export function logoutOf({ logout, oidc }: IdentityProvider): LogoutDerivation | undefined {
  if (logout !== undefined) return logout ?? undefined
  if (oidc?.endSessionUrl === undefined) return undefined
  // OpenID Connect RP-Initiated Logout 1.0 §2.
  return {
    url: oidc.endSessionUrl,
    clientIdParameter: 'client_id',
    redirectParameter: 'post_logout_redirect_uri',
    idTokenParameter: 'id_token_hint',
  }
}

/** Where to send the browser so that the session at the provider ends as well. */
export function providerLogoutUrl(
  provider: IdentityProvider,
  { returnTo, idToken }: { readonly returnTo: string; readonly idToken: string | undefined },
): URL | undefined {
  const logout = logoutOf(provider)
  if (!logout) return undefined
  const url = new URL(logout.url)
  const { clientIdParameter, redirectParameter, idTokenParameter } = logout
  url.searchParams.set(redirectParameter, returnTo)
  if (clientIdParameter !== undefined) url.searchParams.set(clientIdParameter, provider.client.id)
  if (idTokenParameter !== undefined && idToken !== undefined) url.searchParams.set(idTokenParameter, idToken)
  return url
}
