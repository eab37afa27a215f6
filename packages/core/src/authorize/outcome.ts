import { classifyRedirectUri } from '../clients/redirect-uri.ts'
import type { OAuthError } from '../oauth-error.ts'
import type { ClientRecord } from '../records.ts'
import type { Settings } from '../settings.ts'
import type { AnswerAddress } from './answer-address.ts'

/** Why a request failed, as far as the user can do something about it. */
export type OutcomeProblem = 'client_error' | 'sign_in_denied' | 'sign_in_failed' | 'provider_unavailable'

/** What became of an authorization request: everything the browser carries back to the client. */
export interface Outcome {
  readonly kind: 'approved' | 'denied' | 'failed'
  readonly redirectUri: string
  readonly responseMode: 'query' | 'form_post'
  readonly parameters: Readonly<Record<string, string>>
  /** What the user is told of an error: in general, that the request was wrong. */
  readonly problem?: OutcomeProblem | undefined
  /** `false`: the browser goes there by a click only, because nothing speaks for the place (AS-37). */
  readonly automatic: boolean
}

/** RFC 6749 §4.1.2: the user has seen the redirect URI's host and allowed it, so the browser goes there at once. */
export function approvedOutcome(address: AnswerAddress, code: string): Outcome {
  return {
    kind: 'approved',
    redirectUri: address.redirectUri,
    responseMode: address.responseMode,
    parameters: { code, ...always(address) },
    automatic: true,
  }
}

/** RFC 6749 §4.1.2.1, and DEC-10 about going there without a click. */
export function errorOutcome(
  { registration }: Pick<Settings, 'registration'>,
  address: AnswerAddress,
  error: OAuthError,
  problem?: OutcomeProblem,
): Outcome {
  return {
    kind: error.code === 'access_denied' && problem === undefined ? 'denied' : 'failed',
    ...(problem !== undefined && { problem }),
    redirectUri: address.redirectUri,
    responseMode: address.responseMode,
    parameters: { error: error.code, error_description: error.message, ...always(address) },
    automatic: isTrusted(registration, address.client, address.redirectUri),
  }
}

/** The URL of an answer in the query; what the redirect URI already has there stays as it is (RFC 6749 §3.1.2). */
export function outcomeUrl({ redirectUri, parameters }: Outcome): string {
  const query = new URLSearchParams(parameters).toString()
  if (!redirectUri.includes('?')) return `${redirectUri}?${query}`
  return redirectUri + (/[?&]$/.test(redirectUri) ? '' : '&') + query
}

function always({ state, issuer }: AnswerAddress): Record<string, string> {
  return { ...(state !== undefined && { state }), iss: issuer }
}

/** DEC-10: this machine, a program on it, a host the operator listed, or a client the operator registered. */
function isTrusted(
  { trustedRedirectHosts, privateUseSchemes }: Settings['registration'],
  { origin }: ClientRecord,
  redirectUri: string,
): boolean {
  if (origin === 'configured') return true
  if (classifyRedirectUri(redirectUri, privateUseSchemes) !== 'https') return true
  const { host, hostname } = new URL(redirectUri)
  return trustedRedirectHosts.some((trusted) => trusted === host || trusted === hostname)
}
