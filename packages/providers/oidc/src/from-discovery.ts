import { asymmetricAlgorithms, type Derivation, type Report } from '@portico/provider'
import { z } from 'zod'

import { allAuthMethods, completeEndpoints, derivationOf, type Endpoints } from './endpoints.ts'

const url = z.string().nullish()

/**
 * The members of a discovery document that are used (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3, Initiating User
 * Registration via OpenID Connect §4.1).
 */
const discoveryDocument = z.object({
  issuer: z.string(),
  authorization_endpoint: url,
  token_endpoint: url,
  jwks_uri: url,
  userinfo_endpoint: url,
  end_session_endpoint: url,
  revocation_endpoint: url,
  id_token_signing_alg_values_supported: z.array(z.string()).nullish(),
  token_endpoint_auth_methods_supported: z.array(z.string()).nullish(),
  authorization_response_iss_parameter_supported: z.boolean().nullish(),
  prompt_values_supported: z.array(z.string()).nullish().catch(undefined),
})

/** What an endpoint is called in the document, in the options, and here. */
const endpoints = [
  ['authorization_endpoint', 'browserLogin.url', 'url'],
  ['token_endpoint', 'browserLogin.tokenUrl', 'tokenUrl'],
  ['jwks_uri', 'oidc.jwksUrl', 'jwksUrl'],
  ['userinfo_endpoint', 'oidc.userinfoUrl', 'userinfoUrl'],
  ['end_session_endpoint', 'oidc.endSessionUrl', 'endSessionUrl'],
  ['revocation_endpoint', 'oidc.revocationUrl', 'revocationUrl'],
] as const

/**
 * Completes what the options state by a discovery document, which must name exactly the configured issuer, whatever
 * address it was fetched from. What the document does not list (PKCE above all) is not taken for unsupported.
 */
export function fromDiscovery(
  stated: Endpoints & { readonly issuerOption: string },
  document: unknown,
  report: Report,
): Derivation | undefined {
  const { issuerOption, ...known } = stated
  const result = discoveryDocument.safeParse(document)
  if (!result.success) {
    report(
      issuerOption,
      `has no usable discovery document at ${stated.discoveryUrl}`,
      'Set discovery to its address, or state the endpoints.',
    )
    return undefined
  }
  const found = result.data
  if (found.issuer !== stated.issuer) {
    report(
      issuerOption,
      `is not the issuer in the discovery document, which is ${JSON.stringify(found.issuer)}`,
      difference(stated.issuer ?? '', found.issuer),
    )
    return undefined
  }
  const published = endpoints.flatMap(([member, option, name]) => {
    const url = found[member] || undefined
    return url === undefined || known[name] !== undefined ? [] : [{ member, option, name, url }]
  })
  const unusable = published.filter(({ url }) => !isEndpoint(url))
  for (const { member, option } of unusable) {
    report(
      issuerOption,
      `has a discovery document whose ${member} is not an https URL without user information and fragment`,
      `Have it corrected at the provider, or state ${option}.`,
    )
  }
  if (unusable.length > 0) return undefined
  const complete = completeEndpoints({
    ...known,
    ...Object.fromEntries(published.map(({ name, url }) => [name, url])),
    algorithms: usableAlgorithms(found.id_token_signing_alg_values_supported, issuerOption, report),
    authMethods: orderedMethods(found.token_endpoint_auth_methods_supported),
    sendsIss: found.authorization_response_iss_parameter_supported ?? undefined,
    // Whoever lists them refuses all others: that is what the list is for.
    prompts: found.prompt_values_supported ?? undefined,
  })
  if (complete === undefined) {
    report(
      issuerOption,
      'has a discovery document without the endpoints of a login',
      'State oidc.jwksUrl, browserLogin.url and browserLogin.tokenUrl.',
    )
    return undefined
  }
  return derivationOf(complete)
}

/** Plain http may be meant for development: whether it is allowed here is decided on the whole derivation. */
function isEndpoint(url: string): boolean {
  if (!URL.canParse(url) || url.includes('#')) return false
  const { protocol, hostname, username, password } = new URL(url)
  const secure =
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  return secure && username === '' && password === ''
}

function difference(expected: string, found: string): string {
  if (expected.replace(/\/$/, '') === found.replace(/\/$/, ''))
    return 'They differ by the trailing "/": copy it as it is there.'
  return 'If that is the provider you mean, copy it as it is there.'
}

function usableAlgorithms(
  listed: readonly string[] | null | undefined,
  issuerOption: string,
  report: Report,
): readonly string[] {
  if (listed === null || listed === undefined) return asymmetricAlgorithms
  const usable = asymmetricAlgorithms.filter((algorithm) => listed.includes(algorithm))
  if (usable.length === 0) {
    report(
      issuerOption,
      'signs ID tokens with a shared secret or not at all',
      'Set a signing key at the provider, e.g. for RS256.',
    )
  }
  return usable
}

/** Those the document lists come first: lists are known to be incomplete. Without a list RFC 8414 §2 means Basic. */
function orderedMethods(listed: readonly string[] | null | undefined) {
  const announced = listed ?? ['client_secret_basic']
  const known = allAuthMethods.filter((method) => method !== 'none' && announced.includes(method))
  return [...new Set([...known, ...allAuthMethods])]
}
