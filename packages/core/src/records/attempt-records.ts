import type { ClientRecord } from './client-record.ts'

/** What the client asked for at the authorization endpoint, checked: nothing in it needs checking again. */
export type AuthorizationRequest = {
  clientId: string
  redirectUri: string
  /** Whether the request named the redirect URI: then the token request must repeat it (RFC 6749 §4.1.3). */
  redirectUriGiven: boolean
  state?: string
  codeChallenge: string
  /** Canonical URL of the resource. */
  resource: string
  /** The issuer the client talks to, and so the `iss` of every answer. */
  issuer: string
  scopes: string[]
  /** The client asked for `offline_access` (AS-63). */
  offlineAccess: boolean
  prompt: string[]
  maxAge?: number
  loginHint?: string
  acrValues?: string
  /** Thumbprint of the key the code is bound to (RFC 9449 §10). */
  dpopKey?: string
  responseMode: 'query' | 'form_post'
  /** Id of the provider the client asked for. */
  provider?: string
}

/**
 * One authorization attempt, from `/authorize` to the code. Its handle is unguessable, stored hashed, and known to one
 * browser alone, as a cookie (IDP-02, IDP-03); URLs name the attempt by the hash.
 */
export type TransactionRecord = {
  request: AuthorizationRequest
  /** A snapshot: what the user consents to is what was checked. */
  client: ClientRecord
  traceId: string
  createdAt: number
  /** The browser came by a link of another site, or did not say: remembered consent does not count (AS-44). */
  crossSite: boolean
  /** Session (hashed id) that signed in within this transaction. */
  session?: string
  /** Set once: what became of it and where the browser goes (SEC-05), sealed. */
  outcome?: string
}

/**
 * A device that waits for its user (RFC 8628), under its hashed device code. What the user decided is taken once; until
 * then every poll and every decision is conditional on what was read.
 */
export type DeviceRecord = {
  /** A snapshot: what the user consents to is what was checked. */
  client: ClientRecord
  resource: string
  issuer: string
  scopes: string[]
  offlineAccess: boolean
  /** Hashed user code. */
  userCode: string
  traceId: string
  createdAt: number
  /** Unix seconds; the record stays a while longer, to say so. */
  endsAt: number
  /** How far apart polls must be. */
  intervalSeconds: number
  polledAt?: number
  /** Absent while the user has not decided; without a grant: denied. */
  decision?: { grantId?: string }
}

/** An authorization request that the client pushed (RFC 9126), under its hashed reference; checked again when it is used. */
export type PushedRequestRecord = {
  clientId: string
  /** Path of the resource whose endpoint it was pushed to. */
  route?: string
  parameters: [name: string, value: string][]
  createdAt: number
}

/** The leg to one identity provider; keyed by the hashed `state`, taken by the callback. */
export type LoginRecord = {
  /** Hashed handle of the transaction; absent for a login that no client asked for (`/account`). */
  transaction?: string
  /** Where a login without a transaction returns to: a path of ours. */
  returnTo?: string
  provider: string
  /** SHA-256 of the browser's binding cookie (IDP-02, IDP-03). */
  browser: string
  traceId: string
  nonce?: string
  /** Sealed PKCE verifier. */
  verifier?: string
  maxAge?: number
  /** The user had to authenticate anew (`prompt=login`). */
  fresh?: boolean
  createdAt: number
}
