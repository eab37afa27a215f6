import { IdentityError, type IdentityProvider } from '@portico/provider'

import type { Context } from '../context.ts'
import { UpstreamError } from '../oauth-error.ts'
import { type AccountRecord, records } from '../records.ts'
import { saveAccount, subjectOf } from './account.ts'
import { checkSignInRules } from './check-sign-in-rules.ts'
import { checkRequiredClaims } from './id-token/check-claims.ts'
import { readIdentity } from './read-identity.ts'

/** Who a provider vouches for without a sign-in here. */
export interface VouchedUser {
  readonly issuer: string
  readonly claims: Readonly<Record<string, unknown>>
  /** Whether somebody who has never signed in here gets an account. */
  readonly mayCreate: boolean
}

/**
 * The account of a user that the provider vouches for: the same one that a sign-in would lead to (EMA-05), under the same
 * rules. What an assertion says of a known user does not replace what their sign-in said: it says less.
 *
 * @throws {UpstreamError} when the claims make no identity, a rule does not hold, or the user is not known
 */
export async function assertAccount(
  context: Context,
  provider: IdentityProvider,
  { issuer, claims, mayCreate }: VouchedUser,
): Promise<AccountRecord> {
  const identity = await readIdentity(provider, claims, readNothing)
  const known = await records(context.storage, 'account').get(subjectOf(issuer, identity.subject))
  if (known) {
    const { email, groups } = known.value
    checkSignInRules(provider.signIn, { subject: identity.subject, email, groups })
    return known.value
  }
  if (!mayCreate) {
    throw new UpstreamError('account_unknown', 'The user has never signed in here ("newUsers").')
  }
  // What every ID token has to show: nobody comes in this way who could not sign in.
  if (provider.oidc) checkRequiredClaims(provider.oidc, claims)
  checkSignInRules(provider.signIn, identity)
  return saveAccount(context, provider, {
    issuer,
    identity,
    authenticatedAt: undefined,
    providerSubject: undefined,
    providerSessionId: undefined,
  })
}

/** There is no access token of the user to ask the provider with. */
const readNothing = () =>
  Promise.reject(new IdentityError('sign_in_refused', 'An assertion gives nothing to read.'))
