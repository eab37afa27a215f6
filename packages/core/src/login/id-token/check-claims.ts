import type { IdentityProvider, OidcDerivation, RequiredClaim } from '@portico/provider'

import { equalInConstantTime } from '../../digest.ts'
import { idTokenError } from './id-token-error.ts'
import type { SignedClaims } from './verify-signature.ts'

/** OpenID Connect Core §3.1.3.7 steps 3 to 5. */
export function checkAudience(
  { client }: IdentityProvider,
  { audience = client.id }: OidcDerivation,
  claims: SignedClaims,
): void {
  const audiences = Array.isArray(claims['aud']) ? (claims['aud'] as unknown[]) : [claims['aud']]
  if (!audiences.includes(audience)) {
    throw idTokenError(
      'id_token_audience_mismatch',
      `"aud" of the ID token does not contain ${JSON.stringify(audience)}: it was issued to another application.`,
    )
  }
  if (audiences.length > 1 && claims['azp'] === undefined) {
    throw idTokenError('id_token_audience_mismatch', 'The ID token has several audiences and no "azp".')
  }
  if (claims['azp'] !== undefined && claims['azp'] !== client.id) {
    throw idTokenError(
      'id_token_audience_mismatch',
      `"azp" of the ID token is not the client id ${JSON.stringify(client.id)}.`,
    )
  }
}

/** OpenID Connect Core §3.1.3.7 step 11: ties the token to the login it answers. */
export function checkNonce(
  { browserLogin }: IdentityProvider,
  claims: SignedClaims,
  nonce: string | undefined,
): void {
  const kind = browserLogin.nonce ?? 'nonce'
  if (kind === 'absent') return
  const echoed = kind === 'claim_nonce' ? (claims['claim_nonce'] ?? claims['nonce']) : claims['nonce']
  if (nonce === undefined || typeof echoed !== 'string' || !equalInConstantTime(echoed, nonce)) {
    throw idTokenError(
      'id_token_nonce_mismatch',
      `"nonce" of the ID token ${echoed === undefined ? 'is missing' : 'is not the one of this sign-in'}.`,
    )
  }
}

/** OpenID Connect Core §3.1.3.7 steps 9 and 10; RFC 7519 §4.1.4 to §4.1.6. */
export function checkTimes(claims: SignedClaims, now: number, toleranceSeconds: number): void {
  const { exp, iat, nbf } = claims
  if (!isTime(exp)) throw idTokenError('id_token_expired', 'The ID token has no "exp".')
  if (exp + toleranceSeconds <= now) {
    throw idTokenError(
      'id_token_expired',
      `The ID token expired ${now - exp} seconds ago. Check the clock of this machine.`,
    )
  }
  if (!isTime(iat)) throw idTokenError('id_token_not_yet_valid', 'The ID token has no "iat".')
  for (const [name, time] of [
    ['iat', iat],
    ['nbf', nbf],
  ] as const) {
    if (time === undefined) continue
    if (!isTime(time) || time - toleranceSeconds > now) {
      throw idTokenError(
        'id_token_not_yet_valid',
        `"${name}" of the ID token lies in the future. Check the clock of this machine, or raise "clockToleranceSeconds".`,
      )
    }
  }
}

/** What the provider's options demand, e.g. `hd` (Google) or `org_id` (Auth0). */
export function checkRequiredClaims({ requiredClaims = {} }: OidcDerivation, claims: SignedClaims): void {
  for (const [name, required] of Object.entries(requiredClaims)) {
    if (holds(claims[name], required)) continue
    throw idTokenError(
      'id_token_claim_mismatch',
      `"${name}" of the ID token must be ${describe(required)}: this account may not sign in here.`,
    )
  }
}

/** The stable key of a user: OpenID Connect Core §2 allows 255 ASCII characters. */
export function checkSubject(subject: unknown): asserts subject is string {
  if (typeof subject !== 'string' || !/^[\x20-\x7E]{1,255}$/.test(subject)) {
    throw idTokenError('id_token_subject_invalid', 'The subject must be 1 to 255 characters of ASCII.')
  }
}

export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function holds(actual: unknown, required: RequiredClaim): boolean {
  const accepted: readonly unknown[] = typeof required === 'string' ? [required] : required
  return Array.isArray(actual) ? actual.some((each) => accepted.includes(each)) : accepted.includes(actual)
}

const describe = (required: RequiredClaim): string =>
  typeof required === 'string' ? JSON.stringify(required) : `one of ${JSON.stringify(required)}`
