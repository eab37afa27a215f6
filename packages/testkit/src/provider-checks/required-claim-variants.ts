import type { IdentityProvider } from '@portico/provider'
import type { LoginVariant } from '@portico/test-peers'

/** ID tokens that lack what this provider's options demand of them. */
export function requiredClaimVariants({ oidc }: IdentityProvider): readonly LoginVariant[] {
  return Object.keys(oidc?.requiredClaims ?? {}).flatMap((name) => [
    withClaim(`claim-${name}-missing`, `${name} is missing`, name, undefined),
    withClaim(`claim-${name}-other`, `${name} has another value`, name, 'another value'),
  ])
}

function withClaim(id: string, title: string, name: string, value: string | undefined): LoginVariant {
  return {
    id,
    title,
    outcome: 'refused',
    apply(idp) {
      idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, [name]: value } }))
    },
  }
}
