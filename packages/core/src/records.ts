import type { Condition, JsonValue, Storage, Stored } from '@portico/storage'

import { sha256Text } from './digest.ts'

/** How a client authenticates at the token endpoint (RFC 7591 §2). */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** A client as the server knows it, however it came to be known. */
export type ClientRecord = {
  clientId: string
  /** `document`: the id is the URL of its metadata (CIMD); `registered`: RFC 7591; `configured`: by the operator. */
  origin: 'document' | 'registered' | 'configured'
  name?: string
  redirectUris: string[]
  grantTypes: string[]
  authMethod: ClientAuthMethod
  /** Further methods that a document offers beside `authMethod`; a client that offers `none` counts as public. */
  otherAuthMethods?: ClientAuthMethod[]
  /** SHA-256 of the secret. */
  secretHash?: string
  /** SHA-256 of the registration access token (RFC 7592). */
  managementHash?: string
  jwks?: { keys: { [member: string]: JsonValue }[] }
  jwksUri?: string
  clientUri?: string
  logoUri?: string
  policyUri?: string
  tosUri?: string
  scope?: string
  /** It never takes tokens that are not bound to a key (RFC 9449 §5.2). */
  dpopBound?: boolean
  /** Of `configured` clients: canonical URLs of the resources it may use for itself (`client_credentials`). */
  resources?: string[]
  /** Of `configured` clients: canonical URLs of the resources whose tokens it may exchange, and for which (RFC 8693). */
  exchanges?: { from: string[]; to: string[] }
  /** Of `configured` clients: canonical URLs of the resources whose tokens it may introspect. */
  introspects?: string[]
  /** Unix seconds; as are all `…At` members. */
  createdAt: number
  /** Set by the first use, then now and then; unused clients are dropped early. */
  usedAt?: number
  /** Of a `document`: until when it may be used without asking again (CIMD-14). */
  document?: { fetchedAt: number; freshUntil: number; etag?: string }
}

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
  /** Sealed tokens of the provider, kept only where something needs them. */
  providerTokens?: string
}

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
  /** Unix seconds until which the page may be skipped; absent: never. */
  rememberedUntil?: number
}

export type SigningKeyRecord = {
  kid: string
  /** 1, 2, …: also the record's id, so that two nodes cannot create the same generation. */
  generation: number
  algorithm: string
  publicJwk: { [member: string]: JsonValue }
  /** Sealed private JWK. */
  privateJwk: string
  createdAt: number
  /** From then on it signs; it is published before. */
  activeAt: number
}

interface RecordValues {
  client: ClientRecord
  transaction: TransactionRecord
  'pushed-request': PushedRequestRecord
  device: DeviceRecord
  /** By hashed user code: the hashed device code. */
  'user-code': { device: string }
  login: LoginRecord
  session: SessionRecord
  'provider-session': ProviderSessionRecord
  account: AccountRecord
  code: CodeRecord
  grant: GrantRecord
  'refresh-token': RefreshTokenRecord
  'access-token': AccessTokenRecord
  consent: ConsentRecord
  'signing-key': SigningKeyRecord
  /** By client id, or for all clients: what was created up to `before` is revoked. */
  cutoff: { before: number }
  /** Single-use `jti` of assertions and logout tokens. */
  assertion: { usedAt: number }
  /** What one address, client or user has used up in one window of time. */
  'rate-window': { counts: { readonly [name: string]: number } }
  /** A random secret shared by all nodes, sealed: `rotation` derives refresh token successors. */
  secret: { sealed: string; createdAt: number }
}

export type RecordKind = keyof RecordValues

/** Kinds whose id is a secret that somebody presents: only its SHA-256 is stored. */
const hashedIds: ReadonlySet<RecordKind> = new Set([
  'transaction',
  'pushed-request',
  'device',
  'user-code',
  'login',
  'session',
  'code',
  'refresh-token',
  'access-token',
])

/** Schema version written into every record; a reader that finds a newer one fails instead of guessing. */
const schemaVersion = 1

/** The id under which a record of `kind` is stored. */
export function storedId(kind: RecordKind, id: string): string {
  return hashedIds.has(kind) ? sha256Text(id) : id
}

export interface Found<Value> {
  readonly value: Value
  /** The id under which it is stored: hashed where ids are secrets. */
  readonly storedId: string
  readonly version: number
  readonly group: string | undefined
  readonly expiresAt: number | undefined
}

export interface WriteOptions {
  readonly group?: string | undefined
  readonly expiresAt?: number | undefined
  readonly when?: Condition | undefined
}

/** Typed access to the records of one kind. Ids that are secrets are given in clear and hashed here. */
export interface Records<Value> {
  get(id: string): Promise<Found<Value> | undefined>
  set(id: string, value: Value, options?: WriteOptions): Promise<boolean>
  /**
   * Writes only while the record is still what was read, and tells whether it did: compare-and-swap. Group and expiry stay,
   * unless another expiry is given.
   */
  replace(found: Found<Value>, value: Value, expiresAt?: number): Promise<boolean>
  take(id: string): Promise<Value | undefined>
  delete(id: string): Promise<void>
}

/**
 * @throws {RecordVersionError} on reading a record that a newer release wrote
 */
export function records<Kind extends RecordKind>(storage: Storage, kind: Kind): Records<RecordValues[Kind]> {
  type Value = RecordValues[Kind]
  const write = (id: string, value: Value, { group, expiresAt, when }: WriteOptions) =>
    storage.set([kind, id], { value: { v: schemaVersion, ...value }, group, expiresAt }, when)
  return {
    async get(id) {
      const stored = await storage.get([kind, storedId(kind, id)])
      return stored && found<Value>(kind, stored)
    },
    set: (id, value, options = {}) => write(storedId(kind, id), value, options),
    replace: ({ storedId, version, group, ...found }, value, expiresAt = found.expiresAt) =>
      write(storedId, value, { group, expiresAt, when: { version } }),
    async take(id) {
      const stored = await storage.take([kind, storedId(kind, id)])
      return stored && unwrap<Value>(kind, stored.value)
    },
    delete(id) {
      return storage.delete([kind, storedId(kind, id)])
    },
  }
}

/** One record by the id under which it is stored, as other records name it. */
export async function recordByStoredId<Kind extends RecordKind>(
  storage: Storage,
  kind: Kind,
  id: string,
): Promise<Found<RecordValues[Kind]> | undefined> {
  const stored = await storage.get([kind, id])
  return stored && found<RecordValues[Kind]>(kind, stored)
}

/** Every record of a group that is of `kind`, with its stored id (already hashed where ids are secrets). */
export async function listRecords<Kind extends RecordKind>(
  storage: Storage,
  kind: Kind,
  group: string,
): Promise<readonly Found<RecordValues[Kind]>[]> {
  const all = await storage.list(group)
  return all
    .filter((stored) => stored.key[0] === kind)
    .map((stored) => found<RecordValues[Kind]>(kind, stored))
}

/** Groups: what is listed or deleted together. */
export const groups = {
  grantTokens: (grantId: string) => `grant:${grantId}`,
  subjectGrants: (subject: string) => `subject:${subject}`,
  subjectSessions: (subject: string) => `sessions:${subject}`,
  /** By digest of provider and name. */
  providerSessions: (digest: string) => `provider-sessions:${digest}`,
  subjectConsents: (subject: string) => `consents:${subject}`,
  signingKeys: 'signing-keys',
} as const

class RecordVersionError extends Error {
  override readonly name = 'RecordVersionError'
  readonly code = 'record_version_unknown'
}

function found<Value>(kind: RecordKind, { key, value, version, group, expiresAt }: Stored): Found<Value> {
  return { value: unwrap<Value>(kind, value), storedId: key[1], version, group, expiresAt }
}

function unwrap<Value>(kind: RecordKind, stored: JsonValue): Value {
  const { v, ...value } = stored as { v: number }
  if (v !== schemaVersion) {
    throw new RecordVersionError(
      `A stored ${kind} record has version ${v}, this release knows ${schemaVersion}: start the newer release again.`,
    )
  }
  return value as Value
}
