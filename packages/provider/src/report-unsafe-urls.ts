import type { IdJagOptions } from './contract.ts'
import type { GenericDerivation, Report } from './definition.ts'
import { dissectUrl, isLoopbackHost } from './validators/dissect-url.ts'

/**
 * Refuses derived URLs that are not https: on loopback, http will do in development. Checked on the result, whatever
 * validators a definition uses.
 */
export function reportUnsafeUrls(
  derivation: GenericDerivation,
  options: Readonly<Record<string, unknown>>,
  development: boolean,
  report: Report,
): void {
  const origins = new Set<string>()
  for (const url of [...derivedUrls(derivation), ...trustedKeyUrls(options)]) {
    if (!URL.canParse(url)) report(optionOf(url, options) ?? 'options', 'leads to an invalid URL')
    const { scheme, host, port } = dissectUrl(url)
    if (scheme === 'https://' || (development && scheme === 'http://' && isLoopbackHost(host))) continue
    origins.add(`${scheme}${host}${port}`)
  }
  for (const origin of origins) {
    const option = optionOf(origin, options) ?? 'options'
    if (isLoopbackHost(dissectUrl(origin).host)) {
      report(
        option,
        'uses http on loopback, which is for development only',
        'Use https, or keep the gateway on this machine too: without an https public URL, in code with development: true.',
      )
    } else {
      report(option, 'leads to an address without https', 'Use https.')
    }
  }
}

function derivedUrls(derivation: GenericDerivation): string[] {
  if ('discovery' in derivation) return [derivation.discovery.url]
  const { oidc, browserLogin, logout } = derivation
  return [
    browserLogin.url,
    browserLogin.tokenUrl,
    oidc?.jwksUrl,
    oidc?.userinfoUrl,
    oidc?.endSessionUrl,
    oidc?.revocationUrl,
    oidc?.discoveryUrl,
    logout?.url,
  ].filter((url) => url !== undefined)
}

/** Keys of assertion issuers are fetched as well, although they are no part of the derivation. */
function trustedKeyUrls({ idJag }: Readonly<Record<string, unknown>>): string[] {
  const { trustedIssuers = [] } = (idJag ?? {}) as Pick<IdJagOptions, 'trustedIssuers'>
  return trustedIssuers.flatMap(({ jwksUrl }) => jwksUrl ?? [])
}

/** Path of the option whose value lies at that origin. */
function optionOf(origin: string, value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') return value.startsWith(origin) ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${path}[${name}]` : `${path}${path && '.'}${name}`
    const found = optionOf(origin, inner, place)
    if (found !== undefined) return found
  }
  return undefined
}
