import type { IdentityProvider, OidcDerivation } from '@portico/provider'

import type { Context } from '../../context.ts'
import type { LoginRecord } from '../../records.ts'
import { checkAccessTokenHash } from './check-access-token-hash.ts'
import { checkAuthenticationTime } from './check-authentication-time.ts'
import {
  checkAudience,
  checkNonce,
  checkRequiredClaims,
  checkSubject,
  checkTimes,
  isTime,
} from './check-claims.ts'
import { checkIssuer } from './check-issuer.ts'
import { idTokenError } from './id-token-error.ts'
import { type SignedClaims, verifySignature } from './verify-signature.ts'

/** An ID token that says the truth about the user of this login. */
export interface VerifiedIdToken {
  /** The first half of the account key. */
  readonly issuer: string
  readonly claims: SignedClaims & { readonly sub: string }
  /** Unix seconds; when the provider says so. */
  readonly authenticatedAt: number | undefined
}

/**
 * Every check of OpenID Connect Core §3.1.3.7, for every provider alike: an adapter states facts, it cannot skip a check.
 *
 * @throws {UpstreamError} whose code says which check failed, and whose message tells the operator what to do
 */
export async function verifyIdToken(
  context: Pick<Context, 'providerKeys' | 'now'>,
  provider: IdentityProvider,
  oidc: OidcDerivation,
  answer: { readonly idToken: string | undefined; readonly accessToken: string | undefined },
  login: Pick<LoginRecord, 'maxAge' | 'fresh' | 'createdAt' | 'nonce'>,
): Promise<VerifiedIdToken> {
  const { idToken, accessToken } = answer
  if (idToken === undefined) {
    throw idTokenError(
      'id_token_missing',
      `${provider.name} returned no ID token: "scope" must contain "openid", and the application must be an OpenID Connect client.`,
    )
  }
  const signed = await verifySignature(provider, oidc, context.providerKeys, idToken)
  const { claims, alg } = signed
  const now = context.now()
  const issuer = checkIssuer(provider, oidc, signed)
  checkAudience(provider, oidc, claims)
  checkNonce(provider, claims, login.nonce)
  checkTimes(claims, now, provider.settings.clockToleranceSeconds)
  checkAuthenticationTime(provider, claims, login, now)
  checkRequiredClaims(oidc, claims)
  await checkAccessTokenHash(claims['at_hash'], accessToken, alg)
  const { sub, auth_time } = claims
  checkSubject(sub)
  return { issuer, claims: { ...claims, sub }, authenticatedAt: isTime(auth_time) ? auth_time : undefined }
}
