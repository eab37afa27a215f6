import type { IdentityProvider } from '@portico/provider'

import type { LoginRecord } from '../../records.ts'
import { isTime } from './check-claims.ts'
import { idTokenError } from './id-token-error.ts'
import type { SignedClaims } from './verify-signature.ts'

/**
 * OpenID Connect Core §3.1.2.1: a login with `max_age` must say when the user authenticated, and recently enough; one
 * with `prompt=login` must not answer by an older authentication (IDP-12).
 */
export function checkAuthenticationTime(
  { browserLogin, settings, name }: IdentityProvider,
  claims: SignedClaims,
  login: Pick<LoginRecord, 'maxAge' | 'fresh' | 'createdAt'>,
  now: number,
): void {
  if (browserLogin.maxAge === 'ignored') return
  const authenticatedAt = claims['auth_time']
  if (authenticatedAt === undefined && login.maxAge === undefined) return
  if (!isTime(authenticatedAt)) {
    throw idTokenError(
      'id_token_authentication_too_old',
      `The ID token has no "auth_time" although "max_age" was sent: ${name} does not support it.`,
    )
  }
  const oldest = Math.max(
    login.maxAge === undefined ? -Infinity : now - login.maxAge,
    login.fresh ? login.createdAt : -Infinity,
  )
  if (authenticatedAt + settings.clockToleranceSeconds < oldest) {
    throw idTokenError(
      'id_token_authentication_too_old',
      'The provider answered by an authentication older than the client demanded.',
    )
  }
}
