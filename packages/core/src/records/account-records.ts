/** A signed-in browser. */
export type SessionRecord = {
  subject: string
  provider: string
  /** Unix seconds of the authentication at the provider. */
  authenticatedAt: number
  createdAt: number
  /** The provider's session id, for back-channel logout. */
  providerSessionId?: string
  /** Sealed ID token, for providers whose logout asks for it. */
  idToken?: string
}

/** Which of our sessions came from a session of a provider, for its logout tokens. */
export type ProviderSessionRecord = {
  subject: string
  /** Hashed id of ours. */
  session: string
  /** The provider had named its session. */
  named: boolean
}

/** A user: `(issuer, subject)` of the provider, and what it said at the last sign-in. */
export type AccountRecord = {
  subject: string
  provider: string
  issuer: string
  providerSubject: string
  name?: string
  email?: { address: string; verified: boolean }
  groups?: string[]
  roles?: string[]
  organization?: string
  picture?: string
  updatedAt: number
}

/** Tokens of the provider, kept where a resource needs them; under the subject of their user. */
export type ProviderTokensRecord = {
  provider: string
  /** Sealed. */
  tokens: string
  savedAt: number
  /** Somebody has begun to renew them, and the refresh token may be used up. */
  renewingSince?: number
}
