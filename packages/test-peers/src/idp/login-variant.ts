import type { ScriptedIdp } from './scripted-idp.ts'

/** One way in which a login can differ from the plain one, and what a relying party must make of it. */
export interface LoginVariant {
  /** Stable, kebab-case. */
  readonly id: string
  /** Completes "… when", e.g. `iss has a slash added`. */
  readonly title: string
  /**
   * `accepted`: the login succeeds; `refused`: no identity comes out of it. `accepted-unless-iss-required`: refused
   * only where the provider is known to send RFC 9207 `iss` always.
   */
  readonly outcome: 'accepted' | 'refused' | 'accepted-unless-iss-required'
  /** What the identity must say about the address, where the variant is about that. */
  readonly emailVerified?: boolean
  /**
   * What the provider must have for the variant to be about anything: an ID token, an answer as RFC 6749 §5.1 has it, a
   * nonce that it returns, an issuer that `iss` of the callback can be compared with.
   */
  readonly needs?: 'id-token' | 'standard-answer' | 'nonce' | 'issuer'
  /** A plain login must have taken place before, so that the relying party has cached the keys. */
  readonly afterLogin?: boolean
  /** Bends the provider. */
  apply(idp: ScriptedIdp): void | Promise<void>
}
