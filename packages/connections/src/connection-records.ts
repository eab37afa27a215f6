import type { Condition, JsonValue, Storage } from '@portico/storage'

/** A user's, or the gateway's own, account at one upstream. Ids: `<upstream>:<owner>`. */
export type ConnectionRecord = {
  upstream: string
  /** Subject of the user; `shared` for the gateway's own. */
  owner: string
  /** Origin of the upstream: credentials go to no other. Absent in records of earlier releases. */
  origin?: string
  issuer: string
  tokenEndpoint: string
  revocationEndpoint?: string
  /** Record id of the client the tokens were issued to: they are refreshed with that one alone. */
  client: string
  /** RFC 8707 `resource`, as sent at the authorization; repeated at every refresh. */
  resource?: string
  scope: string
  /** Sealed {@link StoredTokens}. */
  tokens: string
  /** Unix seconds; absent when the upstream did not say. */
  accessTokenExpiresAt?: number
  /** A refresh has brought a new refresh token: the old one is dead, and presenting it again may kill the family. */
  rotates?: boolean
  /** A refresh token was sent at this time and no answer has been saved yet. */
  refreshSentAt?: number
  status: 'connected' | 'reconsent_required'
  /** Why, when the status is not `connected`: a stable code. */
  reason?: string
  connectedAt: number
  /** When it was connected for the first time since it was last disconnected; absent in records of earlier releases. */
  heldSince?: number
  refreshedAt?: number
}

/** Sealed as JSON, bound to upstream and owner. */
export interface StoredTokens {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
}

/** A client of ours at one authorization server (SEP-2352: bound to the issuer). Ids: `<upstream>:<issuer>:<generation>`. */
export type UpstreamClientRecord = {
  upstream: string
  issuer: string
  source: 'manual' | 'document' | 'registered'
  clientId: string
  /** Sealed. */
  secret?: string
  authMethod: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
  redirectUri: string
  createdAt: number
  /** Unix seconds; absent when the secret does not expire, or there is none. */
  secretExpiresAt?: number
  /** The authorization server does not know it any more: whoever connects next has another one registered. */
  refusedAt?: number
}

/** One trip of a browser to an upstream's authorization server; keyed by the hash of its `state`, taken by the callback. */
export type ConnectAttemptRecord = {
  upstream: string
  owner: string
  /** The session that asked: the callback must arrive in the same one. */
  session: string
  /** Origin of the upstream. Absent in records of earlier releases. */
  origin?: string
  issuer: string
  /** RFC 9207: whether the answer must carry `iss`. */
  issRequired: boolean
  authorizationEndpoint: string
  tokenEndpoint: string
  revocationEndpoint?: string
  client: string
  resource?: string
  scope: string
  /** Sealed PKCE verifier. */
  verifier: string
  /** A path of the gateway. */
  returnTo: string
  createdAt: number
}

/** What the upstream last demanded of this connection, for the next authorization. */
export type ChallengeRecord = {
  scope?: string
  resourceMetadataUrl?: string
  /** Step-ups in a row that did not help (UP-06). */
  attempts: number
}

/** Says that a record is sealed under a key, so that a rotation finds it. Ids: `<key>:<hash of kind and id>`. */
export type SealedRecord = {
  kind: 'connection' | 'upstream-client'
  id: string
}

interface RecordValues {
  connection: ConnectionRecord
  /** Apart from the connection, whose version is what a refresh is made conditional on. */
  'connection-use': { usedAt: number }
  'upstream-client': UpstreamClientRecord
  'connect-attempt': ConnectAttemptRecord
  'upstream-challenge': ChallengeRecord
  /** What refreshes with one client have shown, for connections that were never refreshed. Ids: those of the clients. */
  'refresh-behaviour': { rotates: boolean }
  /** Whoever created it may refresh; it ends by itself when the holder dies. */
  'refresh-lease': { holder: string }
  /** Sealed access token from a token exchange, and the origin of the upstream it is for. */
  'exchanged-token': { token: string; origin?: string }
  'sealed-record': SealedRecord
  /** By the id of a key under which records without an end of their own were sealed. */
  'sealing-key': { firstUsedAt: number }
}

const schemaVersion = 1

export interface Found<Value> {
  readonly value: Value
  readonly version: number
}

/** Typed access to the records of one kind. */
export interface Records<Value> {
  get(id: string): Promise<Found<Value> | undefined>
  set(
    id: string,
    value: Value,
    options?: { group?: string; expiresAt?: number; when?: Condition },
  ): Promise<boolean>
  take(id: string): Promise<Value | undefined>
  delete(id: string): Promise<void>
}

export function records<Kind extends keyof RecordValues>(
  storage: Storage,
  kind: Kind,
): Records<RecordValues[Kind]> {
  return {
    async get(id) {
      const stored = await storage.get([kind, id])
      return stored && { value: unwrap<Kind>(kind, stored.value), version: stored.version }
    },
    set(id, value, { group, expiresAt, when } = {}) {
      return storage.set([kind, id], { value: { v: schemaVersion, ...value }, group, expiresAt }, when)
    },
    async take(id) {
      const stored = await storage.take([kind, id])
      return stored && unwrap<Kind>(kind, stored.value)
    },
    delete: (id) => storage.delete([kind, id]),
  }
}

/** The records of one kind in a group, with their ids. */
export async function listRecords<Kind extends keyof RecordValues>(
  storage: Storage,
  kind: Kind,
  group: string,
): Promise<readonly (readonly [id: string, value: RecordValues[Kind]])[]> {
  const all = await storage.list(group)
  return all
    .filter(({ key }) => key[0] === kind)
    .map(({ key, value }) => [key[1], unwrap<Kind>(kind, value)] as const)
}

export const connectionId = (upstream: string, owner: string): string => `${upstream}:${owner}`
export const connectionGroup = (owner: string): string => `connections:${owner}`

export const sharedOwner = 'shared'

function unwrap<Kind extends keyof RecordValues>(kind: Kind, stored: JsonValue): RecordValues[Kind] {
  const { v, ...value } = stored as { v: number }
  if (v === schemaVersion) return value as RecordValues[Kind]
  throw new Error(
    `A stored ${kind} record has version ${v}, this release knows ${schemaVersion}: start the newer release again.`,
  )
}
