import type { IdentityProvider, OidcDerivation } from '@portico/provider'
import { z } from 'zod'

import type { Context } from '../context.ts'
import { checkTimes } from '../login/id-token/check-claims.ts'
import { checkIssuer } from '../login/id-token/check-issuer.ts'
import { type SignedClaims, verifySignature } from '../login/id-token/verify-signature.ts'
import { UpstreamError } from '../oauth-error.ts'
import { tokenType } from '../tokens/token-type.ts'

/** What an ID-JAG says, its signature and times proven. */
export interface IdentityAssertion {
  /** The first half of the account key. */
  readonly issuer: string
  /** Everything it says, for the provider package that knows how to read it. */
  readonly claims: SignedClaims
  readonly audience: string
  readonly clientId: string
  readonly jti: string
  /** Unix seconds after which it is worth nothing. */
  readonly expiresAt: number
  /** As written; absent where the provider leaves it to us. */
  readonly resources: readonly string[] | undefined
  readonly scopes: readonly string[] | undefined
  /** The key it is bound to (RFC 7800 §3.1, RFC 9449 §6.1). */
  readonly dpopKey: string | undefined
}

/** An assertion is made for one request: one that is valid for longer is a secret lying around. */
const maxLifetimeSeconds = 3600

const text = z.string().min(1).max(2048)
const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  aud: z.union([text, z.array(text).length(1)]),
  client_id: text,
  jti: z.string().min(1).max(512),
  exp: z.number(),
  iat: z.number(),
  resource: z.union([text, z.array(text).min(1).max(50)]).optional(),
  scope: z.string().max(4096).optional(),
  cnf: z.object({ jkt: text }).optional(),
  // RFC 9396: rights that nobody here understands must not be taken for granted, or left out in silence.
  authorization_details: z.undefined().optional(),
})

/**
 * EMA-03, as far as it is about the assertion alone (draft-ietf-oauth-identity-assertion-authz-grant, RFC 7523 §3): its
 * type, a signature of the provider by an allowed algorithm, its issuer, times and members.
 *
 * @throws {UpstreamError} for the audit trail: the client learns only that it is not valid
 */
export async function verifyIdentityAssertion(
  context: Pick<Context, 'providerKeys' | 'now'>,
  provider: IdentityProvider,
  oidc: OidcDerivation,
  assertion: string,
): Promise<IdentityAssertion> {
  checkType(assertion)
  const signed = await verifySignature(provider, oidc, context.providerKeys, assertion)
  const issuer = checkIssuer(provider, oidc, signed)
  const tolerance = provider.settings.clockToleranceSeconds
  checkTimes(signed.claims, context.now(), tolerance)
  const parsed = claimsSchema.safeParse(signed.claims)
  if (!parsed.success) {
    throw refused(
      'assertion_claims_invalid',
      'The assertion needs sub, one aud, client_id, jti, exp and iat, and must have no authorization_details.',
    )
  }
  const { aud, client_id, jti, exp, iat, resource, scope, cnf } = parsed.data
  if (exp - iat > maxLifetimeSeconds) {
    throw refused('assertion_lifetime_too_long', 'The assertion is valid for too long: one hour at most.')
  }
  return {
    issuer,
    claims: signed.claims,
    audience: [aud].flat()[0] ?? '',
    clientId: client_id,
    jti,
    expiresAt: exp + tolerance,
    resources: resource === undefined ? undefined : [resource].flat(),
    scopes: scope?.split(' ').filter((name) => name !== ''),
    dpopKey: cnf?.jkt,
  }
}

/** RFC 8725 §3.11: nothing but an ID-JAG, in particular no ID token. */
function checkType(assertion: string): void {
  let type: string | undefined
  try {
    type = tokenType(assertion)
  } catch (cause) {
    throw refused('assertion_malformed', 'The assertion is not a signed JWT.', cause)
  }
  if (type !== 'oauth-id-jag+jwt') {
    throw refused('assertion_malformed', 'typ of the assertion must be oauth-id-jag+jwt.')
  }
}

function refused(code: string, message: string, cause?: unknown): UpstreamError {
  return new UpstreamError(code, message, { cause })
}
