export type CodeRecord = {
  grantId: string
  clientId: string
  redirectUri: string
  redirectUriGiven: boolean
  codeChallenge: string
  resource: string
  issuer: string
  scope: string
  refreshable: boolean
  /** The token request must prove this key. */
  dpopKey?: string
  traceId: string
  createdAt: number
  /** Set by the redemption: a second valid one revokes the grant (AS-56). */
  redeemedAt?: number
}

/**
 * What one user allowed one client on one resource. Written once with the code and never again except conditionally on
 * what was read, so that nothing can bring a revoked grant back. Its tokens live in the storage group `grant:<id>` and
 * are worth nothing without it.
 */
export type GrantRecord = {
  id: string
  subject: string
  clientId: string
  clientName?: string
  resource: string
  issuer: string
  scope: string
  /** Id of the provider that signed the user in; absent for a client that acts for itself. */
  provider?: string
  /** Hashed id of the session it was born in. */
  session?: string
  /** Of the attempt it was born in; absent for a client that acts for itself. */
  traceId?: string
  /** The grant that it was exchanged from, and ends with (RFC 8693). */
  parent?: { id: string; clientId: string }
  /** Who acts for the subject. */
  actor?: string
  createdAt: number
  /** Unix seconds after which no refresh helps. */
  expiresAt: number
  /** Set by the redemption of the code. */
  usedAt?: number
}

/**
 * All refresh tokens of one grant: they share a random id (the record's, hashed) and count up. Every one of them can be
 * computed from that id, its number and a secret of the server, so a token has exactly one successor whatever races
 * happen, and one rotated long ago is still recognised.
 */
export type RefreshTokenRecord = {
  grantId: string
  clientId: string
  resource: string
  /** What the grant allows; a request may narrow the access token, never this. */
  scope: string
  createdAt: number
  /** Number of the token that is valid now. */
  generation: number
  /** When the one before it was rotated: the replay window counts from then. */
  rotatedAt?: number
  /** Unix seconds after which no refresh helps. */
  grantExpiresAt: number
  /** Of a public client that used DPoP: every refresh must prove this key (RFC 9449 §5). */
  dpopKey?: string
}

export type AccessTokenRecord = {
  grantId: string
  subject: string
  clientId: string
  resource: string
  issuer: string
  scope: string
  issuedAt: number
  expiresAt: number
  /** The token is worth nothing without a proof of this key. */
  dpopKey?: string
}

/** What a user approved, and how often that was confirmed is of no matter: the newest approval stands (SEC-01). */
export type ConsentRecord = {
  subject: string
  clientId: string
  redirectUri: string
  resource: string
  scopes: string[]
  /** Digest of what the client was when it was approved: another name, redirect URI or key asks anew (CIMD-21). */
  client: string
  createdAt: number
  /** The client was allowed to renew its access on its own; absent in records of earlier releases. */
  offline?: boolean
  /** Unix seconds until which the page may be skipped; absent: never. */
  rememberedUntil?: number
}
