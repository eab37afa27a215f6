import type { IdentityProvider } from '@portico/provider'

import { PageProblem } from '../browser/page-problem.ts'
import { UpstreamError } from '../oauth-error.ts'
import { describeMismatch } from './describe-mismatch.ts'

/** What the provider's authorization endpoint sent back by the browser. */
export interface ProviderAnswer {
  readonly state: string
  readonly code: string | undefined
  readonly issuer: string | undefined
  readonly error: string | undefined
  readonly errorDescription: string | undefined
}

const names = ['state', 'code', 'iss', 'error', 'error_description'] as const

/** The parameters we look at; the rest of what a provider sends is dropped. */
export function knownParameters(parameters: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...parameters].filter(([name]) => (names as readonly string[]).includes(name)))
}

/** @throws {PageProblem} when it belongs to no login, or says something twice */
export function parseProviderAnswer(parameters: URLSearchParams): ProviderAnswer {
  if (names.some((name) => parameters.getAll(name).length > 1)) {
    throw new PageProblem('provider_answer_invalid')
  }
  const value = (name: (typeof names)[number]): string | undefined => parameters.get(name) || undefined
  const state = value('state')
  if (state === undefined) throw new PageProblem('provider_answer_invalid')
  return {
    state,
    code: value('code'),
    issuer: value('iss'),
    error: value('error'),
    errorDescription: value('error_description'),
  }
}

/**
 * The code, if the answer comes from the provider that was asked (RFC 9207 §2.4), and is no error.
 *
 * @throws {UpstreamError} `provider_issuer_mismatch`, `provider_denied`, `provider_unavailable`, `provider_refused`,
 *   `provider_answer_invalid`
 */
export function codeOf(provider: IdentityProvider, answer: ProviderAnswer): string {
  checkIssuer(provider, answer.issuer)
  if (answer.error !== undefined) throw refusal(provider, answer)
  if (answer.code === undefined) {
    throw new UpstreamError(
      'provider_answer_invalid',
      `${provider.name} answered neither a code nor an error.`,
    )
  }
  return answer.code
}

/** A template's issuer is known only with the ID token, which is checked against it. */
function checkIssuer({ oidc, browserLogin, name }: IdentityProvider, issuer: string | undefined): void {
  if (issuer === undefined) {
    if (browserLogin.responseIss !== 'required') return
    throw new UpstreamError(
      'provider_issuer_mismatch',
      `The answer has no "iss", which ${name} always sends: it comes from somebody else, or the provider was changed.`,
    )
  }
  if (!oidc || oidc.issuerTemplate) return
  if (issuer === oidc.issuer || oidc.acceptedIssuers?.includes(issuer)) return
  throw new UpstreamError(
    'provider_issuer_mismatch',
    `"iss" of the answer is not the issuer of ${name}:\n${describeMismatch(oidc.issuer, issuer)}`,
  )
}

/** The user said no, or cannot be signed in without being asked (OpenID Connect Core §3.1.2.6). */
const userErrors: ReadonlySet<string> = new Set([
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
])

function refusal(provider: IdentityProvider, { error = '', errorDescription }: ProviderAnswer): Error {
  const explanation = provider.explain({ stage: 'authorize', code: error, description: errorDescription })
  const words = [
    `${provider.name} answered ${JSON.stringify(error.slice(0, 100))}`,
    ...(errorDescription === undefined ? [] : [JSON.stringify(errorDescription.slice(0, 300))]),
    ...(explanation === undefined ? [] : [explanation]),
  ]
  let code = 'provider_refused'
  if (userErrors.has(error)) code = 'provider_denied'
  if (error === 'temporarily_unavailable') code = 'provider_unavailable'
  return new UpstreamError(code, words.join(': '))
}
