import type { IdentityProvider, OidcDerivation } from '@portico/provider'

import { describeMismatch } from '../describe-mismatch.ts'
import { idTokenError } from './id-token-error.ts'
import type { SignedClaims, SignedToken } from './verify-signature.ts'

/**
 * Compares `iss` byte by byte (OpenID Connect Core §3.1.3.7 step 2) and returns the issuer that the account key uses:
 * the canonical one, or for a template the issuer of the tenant.
 *
 * @throws {UpstreamError}
 */
export function checkIssuer(
  provider: IdentityProvider,
  oidc: OidcDerivation,
  { claims, key }: SignedToken,
): string {
  const { iss } = claims
  if (typeof iss !== 'string') throw idTokenError('id_token_issuer_mismatch', 'The ID token has no "iss".')
  if (oidc.issuerTemplate) {
    const issuer = issuerOfTenant(oidc.issuerTemplate, claims)
    if (iss !== issuer) throw mismatch(provider, issuer, iss)
    checkKeyIssuer(oidc.issuerTemplate, claims, key, issuer)
    return issuer
  }
  if (iss !== oidc.issuer && !oidc.acceptedIssuers?.includes(iss)) throw mismatch(provider, oidc.issuer, iss)
  return oidc.issuer
}

type IssuerTemplate = NonNullable<OidcDerivation['issuerTemplate']>

/** A key of one tenant must not sign for another, where the key says whose it is. */
function checkKeyIssuer(
  { keyIssuerMember, claim }: IssuerTemplate,
  claims: SignedClaims,
  { extensions }: SignedToken['key'],
  issuer: string,
): void {
  const owner = keyIssuerMember === undefined ? undefined : extensions[keyIssuerMember]
  if (owner === undefined) return
  if (typeof owner === 'string' && filled(owner, claim, String(claims[claim])) === issuer) return
  throw idTokenError(
    'id_token_issuer_mismatch',
    'The key that signed the ID token belongs to another issuer.',
  )
}

// Entra writes `{tenantid}` in its key set where the claim is `tid`: any one placeholder stands for the claim.
function filled(template: string, claim: string, value: string): string {
  return template.replaceAll(`{${claim}}`, () => value).replaceAll(/\{\w+\}/g, () => value)
}

/** The template is filled with the token's own claim, which the signature has proven, and an allow-list bounds it. */
function issuerOfTenant({ template, claim, allowed, denied }: IssuerTemplate, claims: SignedClaims): string {
  const tenant = claims[claim]
  if (typeof tenant !== 'string' || !/^[\w.-]+$/.test(tenant)) {
    throw idTokenError('id_token_claim_mismatch', `The ID token has no usable "${claim}".`)
  }
  if ((allowed && !allowed.includes(tenant)) || denied?.includes(tenant)) {
    throw idTokenError(
      'id_token_claim_mismatch',
      `"${claim}" of the ID token is ${JSON.stringify(tenant)}, which may not sign in. Add it to the allowed tenants if it should.`,
    )
  }
  return template.replaceAll(`{${claim}}`, () => tenant)
}

function mismatch({ name, hints = [] }: IdentityProvider, expected: string, received: string): Error {
  const hint = hints.find(({ member, value }) => member === 'iss' && value === received)
  return idTokenError(
    'id_token_issuer_mismatch',
    [
      `"iss" of the ID token is not the issuer configured for ${name}:`,
      describeMismatch(expected, received),
      ...(hint ? [`  ${hint.remedy}`] : []),
    ].join('\n'),
  )
}
