import type { OutcomeProblem } from '../authorize/outcome.ts'
import { OAuthError, type UpstreamError } from '../oauth-error.ts'

/** A login that did not succeed: what the user sees, and what the client is told. Details are for the audit trail. */
export interface LoginFailure {
  /** Stable code for the audit trail. */
  readonly reason: string
  readonly problem: Exclude<OutcomeProblem, 'client_error'> | 'account_not_allowed'
  readonly error: OAuthError
}

const notAllowed: ReadonlySet<string> = new Set([
  'sign_in_email_not_verified',
  'sign_in_domain_not_allowed',
  'sign_in_group_not_allowed',
  'sign_in_refused',
  'id_token_claim_mismatch',
])
const mayPass: ReadonlySet<string> = new Set([
  'provider_unavailable',
  'token_endpoint_unavailable',
  'key_set_unavailable',
  'userinfo_unavailable',
])

/** IDP-11: the client learns that the user did not sign in, or that the server failed; nothing of the provider's words. */
export function loginFailure({ code: reason }: UpstreamError): LoginFailure {
  if (reason === 'provider_denied') {
    return {
      reason,
      problem: 'sign_in_denied',
      error: new OAuthError('access_denied', 'The user did not sign in.'),
    }
  }
  if (notAllowed.has(reason)) {
    return {
      reason,
      problem: 'account_not_allowed',
      error: new OAuthError('access_denied', 'The account may not sign in here.'),
    }
  }
  if (mayPass.has(reason)) {
    return {
      reason,
      problem: 'provider_unavailable',
      error: new OAuthError(
        'temporarily_unavailable',
        'The sign-in service does not answer. Try again shortly.',
      ),
    }
  }
  return { reason, problem: 'sign_in_failed', error: new OAuthError('server_error', 'Signing in failed.') }
}
