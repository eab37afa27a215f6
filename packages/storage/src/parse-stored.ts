import { StorageUnavailableError } from './storage.ts'
import type { JsonValue, Key, Stored } from './storage.ts'

/**
 * A record as adapters for databases keep it. The key, the group and the value are JSON text: it holds no NUL and no
 * unpaired surrogate, which databases refuse or replace, and two keys never look alike.
 */
export interface StoredRow {
  readonly key: string
  readonly value: string
  readonly version: number | bigint | string
  readonly group: string | null
  readonly expiresAt: number | string | null
}

/**
 * For adapters: the record that a row holds.
 *
 * @throws {StorageUnavailableError} when the row is damaged
 */
export function parseStored({ key, value, version, group, expiresAt }: StoredRow): Stored {
  try {
    return {
      key: JSON.parse(key) as Key,
      value: JSON.parse(value) as JsonValue,
      version: Number(version),
      ...(group !== null && { group: JSON.parse(group) as string }),
      ...(expiresAt !== null && { expiresAt: Number(expiresAt) }),
    }
  } catch (cause) {
    throw new StorageUnavailableError('A stored record is damaged: restore the database from a backup.', {
      cause,
    })
  }
}
