import type { PresentedProof } from './presented-proof.ts'

/** What a verified token says about the request. */
export interface AccessToken {
  readonly subject: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Unix seconds. */
  readonly expiresAt: number
  /** Thumbprint of the key that the token is bound to, which was proven (RFC 9449); absent for bearer tokens. */
  readonly dpopKey?: string | undefined
  /** Further claims, e.g. the grant a gateway wants to look at. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Proves that a token is good for a resource, now; `undefined` when it is not, for whatever reason. Called with a proof for
 * a token of the `DPoP` scheme, and without one for a bearer token: a token of the other kind is not good then. Answers at
 * once where it can: every request waits for it.
 *
 * @param from who presents it
 * @throws {ProofRefusal} when the token is good and its proof is not
 * @throws {RateRefusal} when the sender has presented too many invalid tokens: answered with 429
 * @throws when it cannot tell (key set or storage out of reach): the request is then answered with 503, never let through
 */
export type VerifyToken = (
  token: string,
  resource: string,
  dpop?: PresentedProof,
  from?: { readonly clientAddress?: string | undefined },
) => AccessToken | undefined | Promise<AccessToken | undefined>

/** A scope and what it includes, e.g. `new Map([['mcp:admin', ['mcp:write', 'mcp:read']]])`; followed transitively. */
export type ScopeHierarchy = ReadonlyMap<string, readonly string[]>

/** Whether every required scope is granted, directly or by a broader one. */
export function hasScopes(
  token: AccessToken,
  required: readonly string[],
  hierarchy: ScopeHierarchy = new Map(),
): boolean {
  const granted = new Set(token.scopes)
  // A set visits what is added while it is walked.
  for (const scope of granted) for (const included of hierarchy.get(scope) ?? []) granted.add(included)
  return required.every((scope) => granted.has(scope))
}
