import type { Condition, JsonValue, Storage, Stored } from '@portico/storage'

import { sha256Text } from './digest.ts'
import type {
  AccountRecord,
  ProviderSessionRecord,
  ProviderTokensRecord,
  SessionRecord,
} from './records/account-records.ts'
import type {
  AuthorizationRequest,
  DeviceRecord,
  LoginRecord,
  PushedRequestRecord,
  TransactionRecord,
} from './records/attempt-records.ts'
import type { ClientAuthMethod, ClientRecord } from './records/client-record.ts'
import type {
  AccessTokenRecord,
  CodeRecord,
  ConsentRecord,
  GrantRecord,
  RefreshTokenRecord,
} from './records/grant-records.ts'
import type { SigningKeyRecord } from './records/signing-key-record.ts'

export type {
  AccessTokenRecord,
  AccountRecord,
  AuthorizationRequest,
  ClientAuthMethod,
  ClientRecord,
  CodeRecord,
  ConsentRecord,
  DeviceRecord,
  GrantRecord,
  LoginRecord,
  ProviderSessionRecord,
  ProviderTokensRecord,
  RefreshTokenRecord,
  SessionRecord,
  SigningKeyRecord,
  TransactionRecord,
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
  /** By subject: the sealed refresh token of the provider, and when it was last asked about the user. */
  'provider-token': { provider: string; sealed: string; checkedAt: number }
  'provider-tokens': ProviderTokensRecord
  account: AccountRecord
  /** What a user can be looked for by. Ids: `<subject>:<what>`; the group is of the term. */
  'account-term': { subject: string }
  code: CodeRecord
  grant: GrantRecord
  'refresh-token': RefreshTokenRecord
  'access-token': AccessTokenRecord
  consent: ConsentRecord
  'signing-key': SigningKeyRecord
  /** By client id, or for all clients: what was created up to `before` is revoked. */
  cutoff: { before: number }
  /** By subject: renewed whenever access of the user is about to be ended, for approvals that are under way then. */
  'access-end': { id: string }
  /** Single-use `jti` of assertions and logout tokens. */
  assertion: { usedAt: number }
  /** What one address, client or user has used up in one window of time. */
  'rate-window': { counts: { readonly [name: string]: number } }
  /** A random secret shared by all nodes, sealed: `rotation` derives refresh token successors, `audit` chains the audit trail. */
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

/**
 * A record as it is stored: the id in `key` is hashed where ids are secrets. Nobody may change `value`, which has the
 * version of its schema besides what its type says: {@link withoutVersion} for what leaves the server.
 */
export interface Found<Value> extends Omit<Stored, 'value'> {
  readonly value: Value
}

export interface WriteOptions {
  readonly group?: string | undefined
  readonly expiresAt?: number | undefined
  readonly when?: Condition | undefined
}

/**
 * The records of one kind.
 *
 * @throws {RecordVersionError} on reading a record that a newer release wrote
 */
export function records<Kind extends RecordKind>(
  storage: Storage,
  kind: Kind,
): Records<Kind, RecordValues[Kind]> {
  return new Records(storage, kind)
}

/** Typed access to the records of one kind. Ids that are secrets are given in clear and hashed here. */
class Records<Kind extends RecordKind, Value extends RecordValues[Kind]> {
  readonly #storage: Storage
  readonly #kind: Kind

  constructor(storage: Storage, kind: Kind) {
    this.#storage = storage
    this.#kind = kind
  }

  get(id: string): Promise<Found<Value> | undefined> {
    return this.#storage.get([this.#kind, storedId(this.#kind, id)]).then(foundIfAny<Value>)
  }

  set(id: string, value: Value, options: WriteOptions = {}): Promise<boolean> {
    return this.#write(storedId(this.#kind, id), value, options)
  }

  /**
   * Writes only while the record is still what was read, and tells whether it did: compare-and-swap. Group and expiry stay,
   * unless another expiry is given.
   */
  replace(
    { key, version, group, expiresAt: before }: Found<Value>,
    value: Value,
    expiresAt = before,
  ): Promise<boolean> {
    return this.#write(key[1], value, { group, expiresAt, when: { version } })
  }

  async take(id: string): Promise<Value | undefined> {
    const stored = await this.#storage.take([this.#kind, storedId(this.#kind, id)])
    return stored && found<Value>(stored).value
  }

  delete(id: string): Promise<void> {
    return this.#storage.delete([this.#kind, storedId(this.#kind, id)])
  }

  #write(id: string, value: Value, { group, expiresAt, when }: WriteOptions): Promise<boolean> {
    const written: JsonValue = isVersioned(value) ? value : { ...value, v: schemaVersion }
    // Frozen, so that a storage in memory needs no copy of its own.
    return this.#storage.set([this.#kind, id], { value: Object.freeze(written), group, expiresAt }, when)
  }
}

/** One record by the id under which it is stored, as other records name it. */
export async function recordByStoredId<Kind extends RecordKind>(
  storage: Storage,
  kind: Kind,
  id: string,
): Promise<Found<RecordValues[Kind]> | undefined> {
  const stored = await storage.get([kind, id])
  return stored && found<RecordValues[Kind]>(stored)
}

/** Every record of a group that is of `kind`, with its stored id (already hashed where ids are secrets). */
export async function listRecords<Kind extends RecordKind>(
  storage: Storage,
  kind: Kind,
  group: string,
): Promise<readonly Found<RecordValues[Kind]>[]> {
  const all = await storage.list(group)
  return all.filter((stored) => stored.key[0] === kind).map((stored) => found<RecordValues[Kind]>(stored))
}

/** Groups: what is listed or deleted together. */
export const groups = {
  grantTokens: (grantId: string) => `grant:${grantId}`,
  subjectGrants: (subject: string) => `subject:${subject}`,
  subjectSessions: (subject: string) => `sessions:${subject}`,
  /** By digest of provider and name. */
  providerSessions: (digest: string) => `provider-sessions:${digest}`,
  /** What a list of all users goes through, in parts: a page of it looks into few of them. */
  accounts: (subject: string) => `accounts:${subject.slice(0, 1)}`,
  allAccounts: () => base64urlAlphabet.map((shard) => `accounts:${shard}`),
  /** By digest of the term. */
  accountTerm: (digest: string) => `account-term:${digest}`,
  subjectConsents: (subject: string) => `consents:${subject}`,
  signingKeys: 'signing-keys',
  /** What a rotation of keys goes through, in parts: none is long even with a hundred thousand users. */
  providerTokens: (subject: string) => `provider-tokens:${sha256Text(subject).slice(0, 1)}`,
  allProviderTokens: () => base64urlAlphabet.map((shard) => `provider-tokens:${shard}`),
} as const

const base64urlAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')

class RecordVersionError extends Error {
  override readonly name = 'RecordVersionError'
  readonly code = 'record_version_unknown'
}

/** The value as hosts and callers of an API may see it. */
export function withoutVersion<Value extends object>(value: Value): Value {
  const { v: _v, ...members } = value as { v?: unknown }
  return members as Value
}

/** Copies nothing: most requests read several records. */
function found<Value>(stored: Stored): Found<Value> {
  if (!isVersioned(stored.value)) {
    const { v } = stored.value as { v?: number }
    throw new RecordVersionError(
      `A stored ${stored.key[0]} record has version ${v}, this release knows ${schemaVersion}: start the newer release again.`,
    )
  }
  return stored as Found<Value>
}

function foundIfAny<Value>(stored: Stored | undefined): Found<Value> | undefined {
  return stored && found<Value>(stored)
}

/** Whether it is of the version this release writes: read, or made of what was read. */
function isVersioned(value: JsonValue): boolean {
  return (value as { v?: unknown }).v === schemaVersion
}
