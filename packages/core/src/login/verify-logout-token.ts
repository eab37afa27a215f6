import type { IdentityProvider, OidcDerivation } from '@portico/provider'
import { z } from 'zod'

import type { Context } from '../context.ts'
import { UpstreamError } from '../oauth-error.ts'
import { tokenType } from '../tokens/token-type.ts'
import { checkAudience, checkTimes } from './id-token/check-claims.ts'
import { checkIssuer } from './id-token/check-issuer.ts'
import { verifySignature } from './id-token/verify-signature.ts'

/** What a provider says has ended: one of its sessions, or all of a user. */
export interface LogoutNotice {
  /** As the account key has it: of a provider with several tenants, the tenant's. */
  readonly issuer: string
  /** `sub` as the provider's ID tokens have it. */
  readonly providerSubject: string | undefined
  readonly providerSessionId: string | undefined
  readonly jti: string
  /** Unix seconds after which the token is worth nothing. */
  readonly expiresAt: number
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
/** Some providers still send the token of an earlier draft, without `exp`. */
const defaultLifetimeSeconds = 300

const claimsSchema = z.object({
  iat: z.number(),
  exp: z.number().optional(),
  jti: z.string().min(1).max(512),
  sub: z.string().min(1).max(255).optional(),
  sid: z.string().min(1).max(512).optional(),
  events: z.object({ [logoutEvent]: z.record(z.string(), z.unknown()) }),
  // OpenID Connect Back-Channel Logout 1.0 §2.4: so that it can never pass for an ID token, nor an ID token for it.
  nonce: z.never().optional(),
})

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.6, all but the replay of `jti`: the signature, issuer and audience are checked
 * as those of ID tokens are.
 *
 * @throws {UpstreamError}
 */
export async function verifyLogoutToken(
  context: Pick<Context, 'providerKeys' | 'now'>,
  provider: IdentityProvider,
  oidc: OidcDerivation,
  token: string,
): Promise<LogoutNotice> {
  checkType(token)
  const signed = await verifySignature(provider, oidc, context.providerKeys, token)
  const issuer = checkIssuer(provider, oidc, signed)
  checkAudience(provider, oidc, signed.claims)
  const claims = claimsSchema.safeParse(signed.claims)
  if (!claims.success) {
    throw invalid(
      'logout_token_claims_invalid',
      'The logout token needs iat, jti and the back-channel logout event, and must not have a nonce.',
    )
  }
  const { iat, jti, sub, sid, exp = iat + defaultLifetimeSeconds } = claims.data
  const tolerance = provider.settings.clockToleranceSeconds
  checkTimes({ ...signed.claims, exp }, context.now(), tolerance)
  if (sub === undefined && sid === undefined) {
    throw invalid('logout_token_claims_invalid', 'The logout token names neither sub nor sid.')
  }
  return { issuer, providerSubject: sub, providerSessionId: sid, jti, expiresAt: exp + tolerance }
}

/** §2.4 recommends `logout+jwt`; anything that is explicitly something else is refused. */
function checkType(token: string): void {
  let type: string | undefined
  try {
    type = tokenType(token)
  } catch (cause) {
    throw invalid('logout_token_malformed', 'The logout token is not a signed JWT.', cause)
  }
  if (type !== undefined && type !== 'jwt' && type !== 'logout+jwt') {
    throw invalid('logout_token_malformed', 'typ of the logout token says that it is something else.')
  }
}

function invalid(code: string, message: string, cause?: unknown): UpstreamError {
  return new UpstreamError(code, message, { cause })
}
