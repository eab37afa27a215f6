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
  for (const url of derivedUrls(derivation)) {
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
        'Use https, or start in development mode.',
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

/** Path of the option whose value lies at that origin. */
function optionOf(origin: string, options: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'string' && value.startsWith(origin)) return name
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const inner = optionOf(origin, { ...value })
      if (inner !== undefined) return `${name}.${inner}`
    }
  }
  return undefined
}
