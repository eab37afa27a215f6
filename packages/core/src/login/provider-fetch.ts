import type { IdentityProvider } from '@portico/provider'
import { allowUrls, createSafeFetch, type SafeFetch } from '@portico/safe-fetch'

/**
 * The guarded fetch for identity providers. Their hosts stand in the operator's configuration, so they may be inside the
 * operator's network; clients and their documents get no such leave.
 */
export function createProviderFetch(options: {
  readonly providers: readonly IdentityProvider[]
  readonly development: boolean
}): SafeFetch {
  const { providers, development } = options
  return createSafeFetch({
    development,
    ...allowUrls(providers.flatMap(urlsOf)),
    timeoutMs: Math.max(...providers.map(({ settings }) => settings.remoteTimeoutMs)),
  })
}

/** Every URL that we, not the browser, go to. */
function urlsOf({ browserLogin, oidc }: IdentityProvider): string[] {
  return [browserLogin.tokenUrl, oidc?.jwksUrl, oidc?.userinfoUrl, oidc?.revocationUrl].flatMap(
    (url) => url ?? [],
  )
}
