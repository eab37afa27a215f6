import type { IdentityProvider } from '@portico/provider'
import { createSafeFetch, type SafeFetch } from '@portico/safe-fetch'

/**
 * The guarded fetch for identity providers. Their hosts stand in the operator's configuration, so they may be inside the
 * operator's network; clients and their documents get no such leave.
 */
export function createProviderFetch(options: {
  readonly providers: readonly IdentityProvider[]
  readonly development: boolean
}): SafeFetch {
  const { providers, development } = options
  const hosts = [...new Set(providers.flatMap(hostsOf))]
  return createSafeFetch({
    development,
    allowHosts: hosts.filter((host) => !isAddress(host)),
    allowAddresses: hosts.filter(isAddress).map(asRange),
    timeoutMs: Math.max(...providers.map(({ settings }) => settings.remoteTimeoutMs)),
  })
}

/** Of every URL that we, not the browser, go to. */
function hostsOf({ browserLogin, oidc }: IdentityProvider): string[] {
  const urls = [browserLogin.tokenUrl, oidc?.jwksUrl, oidc?.userinfoUrl, oidc?.revocationUrl]
  return urls.flatMap((url) => (url !== undefined && URL.canParse(url) ? [new URL(url).hostname] : []))
}

/** As a URL spells it: `10.0.0.5` or `[fd00::5]`. */
const isAddress = (host: string): boolean => host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host)

const asRange = (host: string): string => (host.startsWith('[') ? `${host.slice(1, -1)}/128` : `${host}/32`)
