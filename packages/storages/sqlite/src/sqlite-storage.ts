import { keyText, parseExpiry, parseStored, sweepDelaySeconds } from '@portico/storage'
import type { Storage, Stored, StoredRow } from '@portico/storage'

import { groupCommit } from './group-commit.ts'
import { prepareDatabase } from './prepare-database.ts'
import type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-database.ts'
import { unavailable } from './unavailable.ts'

/** Options of {@link sqliteStorage}. */
export interface SqliteStorageOptions {
  /** The clock, in Unix seconds. */
  readonly now?: () => number
}

const columns = 'key, value, version, "group", expires_at AS expiresAt'
const live = '(expires_at IS NULL OR expires_at > ?)'

/** Expired records that a transaction removes in addition to one for each of its writes: more than it adds, never a long pause. */
const sweepSlice = 16
/** Pages a transaction gives back to the file system, once this many are free. */
const vacuumSlice = 32
const freePagesKept = 1024

/**
 * Keeps records in one SQLite file. Several processes of one machine may share it. The handle is the storage's own:
 * close it after everything that uses the storage has ended.
 *
 * @throws {StorageUnavailableError} when the file cannot be opened or written
 * @throws {Error} when the file belongs to another application or to a newer version
 */
export function sqliteStorage(
  database: SqliteDatabase,
  { now = () => Date.now() / 1000 }: SqliteStorageOptions = {},
): Storage {
  prepareDatabase(database)
  const select = database.prepare(`SELECT ${columns} FROM records WHERE key = ? AND ${live}`)
  const selectGroup = database.prepare(`SELECT ${columns} FROM records WHERE "group" = ? AND ${live}`)
  // One statement each, condition and write. REPLACE gives what it writes a new version, also in the place of another.
  const write = 'REPLACE INTO records (key, value, "group", expires_at) SELECT ?, ?, ?, ?'
  const sameKey = `SELECT 1 FROM records WHERE key = ? AND ${live}`
  const set = database.prepare(write)
  const setAbsent = database.prepare(`${write} WHERE NOT EXISTS (${sameKey})`)
  const setVersion = database.prepare(`${write} WHERE EXISTS (${sameKey} AND version = ?)`)
  const remove = database.prepare('DELETE FROM records WHERE key = ?')
  const take = database.prepare(`DELETE FROM records WHERE key = ? AND ${live} RETURNING ${columns}`)
  const removeGroup = database.prepare('DELETE FROM records WHERE "group" = ?')
  const sweep = database.prepare(
    `DELETE FROM records WHERE version IN
       (SELECT version FROM records WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
  )
  const freePages = database.prepare('PRAGMA freelist_count')

  const commit = groupCommit(database, (writes) => {
    sweep.run(now() - sweepDelaySeconds, writes + sweepSlice)
    const { freelist_count: free } = freePages.get() as { freelist_count: number | bigint }
    if (free > freePagesKept) database.exec(`PRAGMA incremental_vacuum(${vacuumSlice})`)
  })

  return {
    get: async (key) => read(() => one(select, keyText(key), now())),

    async set(key, { value, group, expiresAt }, when) {
      const id = keyText(key)
      const row = [
        id,
        JSON.stringify(value),
        group === undefined ? null : JSON.stringify(group),
        parseExpiry(expiresAt) ?? null,
      ]
      return commit(() => {
        if (when === undefined) return changed(set, ...row)
        return when === 'absent'
          ? changed(setAbsent, ...row, id, now())
          : changed(setVersion, ...row, id, now(), when.version)
      })
    },

    async take(key) {
      const id = keyText(key)
      return commit(() => one(take, id, now()))
    },

    async delete(key) {
      const id = keyText(key)
      await commit(() => remove.run(id))
    },

    list: async (group) =>
      read(() => selectGroup.all(JSON.stringify(group), now()).map((row) => parseStored(row as StoredRow))),

    async deleteGroup(group) {
      await commit(() => removeGroup.run(JSON.stringify(group)))
    },
  }
}

function read<Result>(query: () => Result): Result {
  try {
    return query()
  } catch (error) {
    throw unavailable(error)
  }
}

function one(statement: SqliteStatement, ...values: SqliteValue[]): Stored | undefined {
  // bun:sqlite answers null where the others answer undefined.
  const row = (statement.get(...values) ?? undefined) as StoredRow | undefined
  return row && parseStored(row)
}

function changed(statement: SqliteStatement, ...values: SqliteValue[]): boolean {
  return Number(statement.run(...values).changes) > 0
}
