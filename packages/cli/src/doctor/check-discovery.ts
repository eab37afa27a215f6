import { type IdentityProvider, isPublishedAs } from '@portico/provider'

import { fetchDocument, isMissing } from './fetch-document.ts'
import { type Check, type Finding, ok, problem, warning } from './finding.ts'
import { firstDifference } from './first-difference.ts'
import { applicationAt, type ProviderUnderTest } from './provider-under-test.ts'

type Members = Readonly<Record<string, unknown>>

export interface DiscoveryResult {
  readonly findings: readonly Finding[]
  readonly sentAt: number | undefined
}

/** Compares the derivation with the published discovery document: the derivation is a promise, the document the proof. */
export async function checkDiscovery({ provider, fetch }: ProviderUnderTest): Promise<DiscoveryResult> {
  const { oidc, kind } = provider
  // Other kinds publish no such document, or one about something else.
  if (!oidc || kind !== 'oidc') return { findings: [], sentAt: undefined }
  const url = oidc.discoveryUrl ?? `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const document = await fetchDocument(url, fetch)
  if (isMissing(document)) {
    const remedy = `Compare the options that contain ${provider.name}'s address with its console, and check whether this machine can reach it.`
    return { findings: [problem('discovery', `${url} ${document.why}.`, remedy)], sentAt: undefined }
  }
  return {
    findings: [
      ok('discovery', `${url} exists.`),
      ...compareEndpoints(provider, document.members),
      checkAlgorithms(provider, document.members),
      checkClientAuthentication(provider, document.members),
      ...checkCapabilities(provider, document.members),
    ],
    sentAt: document.sentAt,
  }
}

function compareEndpoints(
  { oidc, browserLogin, name }: IdentityProvider,
  document: Members,
): readonly Finding[] {
  if (!oidc) return []
  const required: readonly (readonly [Check, string])[] = [
    ['issuer', oidc.issuer],
    ['jwks_uri', oidc.jwksUrl],
    ['authorization_endpoint', browserLogin.url],
    ['token_endpoint', browserLogin.tokenUrl],
  ]
  const optional: readonly (readonly [Check, string | undefined])[] = [
    ['userinfo_endpoint', oidc.userinfoUrl],
    ['end_session_endpoint', oidc.endSessionUrl],
    ['revocation_endpoint', oidc.revocationUrl],
  ]
  const compare = (check: Check, ours: string, report: typeof problem): Finding => {
    const theirs = document[check]
    if (theirs === ours) return ok(check, `${ours} is what ${name} publishes.`)
    if (isPublishedAs(oidc, ours, theirs)) {
      return ok(check, `${ours} leads inside to what ${name} publishes as ${String(theirs)}.`)
    }
    if (typeof theirs !== 'string') {
      const remedy = `Check that ${name} is what answers at that address: every OpenID provider publishes it.`
      return report(check, `${name} publishes no ${check}; the derived value is ${ours}.`, remedy)
    }
    if (check === 'issuer' && oidc.acceptedIssuers?.includes(theirs)) {
      return ok(check, `${theirs} is one of the accepted issuers.`)
    }
    return report(
      check,
      `${name} publishes ${JSON.stringify(theirs)}, but the derived value is ${JSON.stringify(ours)}: ${firstDifference(ours, theirs)}.`,
      'Correct the options that this is derived from (portico derive shows how), or use the policy type "mcp-oauth-inbound" with the published values.',
    )
  }
  return [
    ...required.map(([check, ours]) => compare(check, ours, problem)),
    ...optional.flatMap(([check, ours]) =>
      ours === undefined || document[check] === undefined ? [] : [compare(check, ours, warning)],
    ),
  ]
}

function checkAlgorithms(provider: IdentityProvider, document: Members): Finding {
  const { oidc, name } = provider
  const accepted = oidc?.algorithms ?? ['RS256']
  const published = listOf(document['id_token_signing_alg_values_supported']) ?? ['RS256']
  const common = published.filter((algorithm) => accepted.includes(algorithm))
  if (common.length > 0) return ok('signing_algorithms', `ID tokens may be signed with ${common.join(', ')}.`)
  const usable = published.filter((algorithm) => /^(?:RS|PS|ES)\d{3}$|^Ed/.test(algorithm))
  return problem(
    'signing_algorithms',
    `${name} signs ID tokens with ${published.join(', ')}, but only ${accepted.join(', ')} are accepted.`,
    usable.length > 0
      ? `Set idTokenSigningAlgs to ${JSON.stringify(usable)}.`
      : `Give ${applicationAt(provider)} a signing key: ${published.join(', ')} signs with the client secret or not at all.`,
  )
}

function checkClientAuthentication(provider: IdentityProvider, document: Members): Finding {
  const { authMethod } = provider.client
  // The default of OpenID Connect Discovery §3.
  const published = listOf(document['token_endpoint_auth_methods_supported']) ?? ['client_secret_basic']
  if (published.includes(authMethod)) return ok('client_authentication', `${authMethod} is supported.`)
  const known = published.filter((method) =>
    /^(?:client_secret_(?:basic|post)|private_key_jwt|none)$/.test(method),
  )
  return problem(
    'client_authentication',
    `${provider.name} accepts ${published.join(', ')} at its token endpoint, but ${authMethod} is configured.`,
    known.length > 0
      ? `Set tokenEndpointAuthMethod to "${known[0]}", and configure ${applicationAt(provider)} likewise.`
      : `None of them is supported by Portico: allow client_secret_basic for ${applicationAt(provider)}.`,
  )
}

/** Several providers support more than they publish, so that what is missing here is no more than a hint. */
function checkCapabilities(
  { browserLogin, scope, name }: IdentityProvider,
  document: Members,
): readonly Finding[] {
  const methods = listOf(document['code_challenge_methods_supported'])
  const scopes = listOf(document['scopes_supported'])
  const modes = listOf(document['response_modes_supported'])
  const unknownScopes = scopes ? scope.split(' ').filter((name) => !scopes.includes(name)) : []
  const sendsIss = document['authorization_response_iss_parameter_supported'] === true
  return [
    ...(browserLogin.pkce !== 'none' && methods && !methods.includes('S256')
      ? [
          warning(
            'pkce',
            `${name} publishes PKCE methods without S256: ${methods.join(', ')}.`,
            'If logins fail, check whether PKCE can be enabled there.',
          ),
        ]
      : []),
    ...(browserLogin.pkce === 'none' && methods?.includes('S256')
      ? [
          warning(
            'pkce',
            `PKCE is disabled, although ${name} supports it.`,
            'Remove browserLoginOverrides.pkce.',
          ),
        ]
      : []),
    ...(unknownScopes.length > 0
      ? [
          warning(
            'scopes',
            `${name} does not publish the scopes ${unknownScopes.join(', ')}.`,
            'If logins fail with invalid_scope, remove them from scope.',
          ),
        ]
      : []),
    ...(browserLogin.responseMode === 'form_post' && modes && !modes.includes('form_post')
      ? [
          warning(
            'response_mode',
            `${name} publishes response modes without form_post: ${modes.join(', ')}.`,
            `If logins fail, check whether form_post can be enabled at ${name}.`,
          ),
        ]
      : []),
    ...(browserLogin.responseIss === 'required' &&
    document['authorization_response_iss_parameter_supported'] !== undefined &&
    !sendsIss
      ? [
          problem(
            'response_iss',
            `${name} announces that its responses have no "iss" (RFC 9207), but the configuration requires it.`,
            `Enable it at ${name}, or use the policy type "mcp-oauth-inbound".`,
          ),
        ]
      : []),
  ]
}

function listOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined
}
