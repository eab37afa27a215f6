import { nearestName } from './nearest-name.ts'

/** What a policy type means to the gateway. */
export type PolicyKind =
  | { readonly kind: 'sign-in'; readonly providerId: string }
  | { readonly kind: 'remove-headers' }
  | { readonly kind: 'set-headers' }
  | { readonly kind: 'upstream-key' }
  | { readonly kind: 'token-exchange' }
  | { readonly kind: 'capability-filter' }

const kinds: ReadonlyMap<string, PolicyKind> = new Map([
  ['remove-headers-inbound', { kind: 'remove-headers' }],
  ['set-headers-inbound', { kind: 'set-headers' }],
  ['set-upstream-api-key-inbound', { kind: 'upstream-key' }],
  ['mcp-token-exchange-inbound', { kind: 'token-exchange' }],
  ['mcp-capability-filter-inbound', { kind: 'capability-filter' }],
])

/** `mcp-logto-oauth-inbound` → a sign-in policy of the provider `logto`; `mcp-oauth-inbound` → of `oidc`. */
export function policyKindOf(policyType: string): PolicyKind | undefined {
  const signIn = /^mcp-(?:([a-z0-9]+(?:-[a-z0-9]+)*)-)?oauth-inbound$/.exec(policyType)
  if (signIn) return { kind: 'sign-in', providerId: signIn[1] ?? 'oidc' }
  return kinds.get(policyType)
}

/** The inverse of {@link policyKindOf} for providers. */
function policyTypeOf(providerId: string): string {
  return providerId === 'oidc' ? 'mcp-oauth-inbound' : `mcp-${providerId}-oauth-inbound`
}

/** What to say about a policy type that means nothing here. */
export function unknownPolicyType(policyType: string, providerIds: readonly string[]): string {
  const known = [...kinds.keys(), ...providerIds.map(policyTypeOf)]
  const nearest = nearestName(policyType, known)
  return nearest === undefined
    ? `"${policyType}" is not a policy type of Portico. There are ${known.sort().join(', ')}.`
    : `"${policyType}" is not a policy type of Portico: did you mean "${nearest}"?`
}
