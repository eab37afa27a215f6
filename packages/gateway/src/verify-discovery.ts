import { ConfigError, type IdentityProvider, isPublishedAs } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'

import { readDiscovery } from './read-discovery.ts'

const remedy =
  'Correct the options that it is derived from ("portico doctor" says more), or remove verifyDiscovery.'

/**
 * The proof of what was derived: issuer, keys and endpoints are those of the discovery document, character by character
 * (for a server that is asked inside a private network: those behind its issuer). Capabilities are not compared, for several providers leave them out of it.
 *
 * @throws {ConfigError} naming each difference
 */
export async function verifyDiscovery(provider: IdentityProvider, fetch: SafeFetch): Promise<void> {
  const { name, oidc, browserLogin } = provider
  if (oidc === undefined) return
  const url = oidc.discoveryUrl ?? `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const document = Object(
    await readDiscovery({ name, url, option: 'verifyDiscovery', remedy }, fetch),
  ) as Readonly<Record<string, unknown>>
  const derived = {
    issuer: oidc.issuer,
    jwks_uri: oidc.jwksUrl,
    authorization_endpoint: browserLogin.url,
    token_endpoint: browserLogin.tokenUrl,
  }
  const problems = Object.entries(derived)
    .filter(([member, ours]) => !isPublishedAs(oidc, ours, document[member]))
    .map(([member, ours]) => ({
      option: 'verifyDiscovery',
      problem: `finds the ${member} ${JSON.stringify(document[member]) ?? 'missing'} at ${url}, derived is "${ours}"`,
      remedy,
    }))
  if (problems.length > 0) throw new ConfigError(name, problems)
}
