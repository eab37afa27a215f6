/** What a storage keeps: anything JSON can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue | undefined }

/**
 * The kind of a record and its id within the kind: 1–512 characters each, of any sort. Neither is a secret.
 */
export type Key = readonly [kind: string, id: string]

/** What is written. */
export interface Entry {
  readonly value: JsonValue
  /** Records that are listed and deleted together, e.g. everything that belongs to one grant. */
  readonly group?: string | undefined
  /** Unix seconds, finite. From that second on the record does not exist for any verb. */
  readonly expiresAt?: number | undefined
}

/** What is read. */
export interface Stored extends Entry {
  readonly key: Key
  /**
   * Compare-and-swap with `{ version }`. Changes with every write of this key and never comes back, not even after
   * the record was removed and written anew.
   */
  readonly version: number
}

/** `'absent'`: only when there is no (live) record. `{ version }`: only when the record is still that one. */
export type Condition = 'absent' | { readonly version: number }

/**
 * Six verbs and the promises the rest is built on. Every adapter keeps all of them (`describeStorage` in
 * `@portico/testkit` proves it); there are no optional parts.
 *
 * A failure of the storage itself is thrown as {@link StorageUnavailableError}, never answered as "not found".
 */
export interface Storage {
  get(key: Key): Promise<Stored | undefined>
  /**
   * Writes, and tells whether it did: of any number of concurrent conditional writes exactly one succeeds.
   *
   * @throws {TypeError} for an `expiresAt` that is not finite: nothing is written
   */
  set(key: Key, entry: Entry, when?: Condition): Promise<boolean>
  /** Removes and returns. Of any number of concurrent callers exactly one receives the record. */
  take(key: Key): Promise<Stored | undefined>
  /** Removes, expired or not: what is deleted does not return when a clock is set back. So does `deleteGroup`. */
  delete(key: Key): Promise<void>
  /** Every live record of the group, in no particular order. */
  list(group: string): Promise<readonly Stored[]>
  deleteGroup(group: string): Promise<void>
}

/** The storage cannot answer: the caller must fail closed (503), never treat it as an absent record. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError'
  readonly code = 'storage_unavailable'
}

/**
 * How long adapters keep an expired record, which no verb shows any more, before they remove it: a clock that jumps
 * ahead and is set right again within this time destroys nothing.
 */
export const sweepDelaySeconds = 900
