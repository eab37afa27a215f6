import type { Identity } from './contract.ts'

type Claims = Readonly<Record<string, unknown>>

/** Claims that the operator named, in place of those that the package reads. */
export interface NamedClaims {
  readonly groupClaim?: string | undefined
  readonly roleClaim?: string | undefined
}

/** The identity with the groups and roles of the named claims; where such a claim is missing or misshapen, with none (E09). */
export function withNamedClaims(
  identity: Identity,
  claims: Claims,
  { groupClaim, roleClaim }: NamedClaims,
): Identity {
  return {
    ...identity,
    ...(groupClaim !== undefined && { groups: textsOf(claimNamed(claims, groupClaim)) }),
    ...(roleClaim !== undefined && { roles: textsOf(claimNamed(claims, roleClaim)) }),
  }
}

/** R185: the claim of exactly this name (`https://acme.example/roles`), or else the end of a path (`realm_access.roles`). */
function claimNamed(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let found: unknown = claims
  for (const step of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Claims)[step]
  }
  return found
}

function textsOf(value: unknown): readonly string[] | undefined {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.every((each) => typeof each === 'string') ? values : undefined
}
