import { rollBack } from './roll-back.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { unavailable } from './unavailable.ts'

/** "Port" in ASCII: marks a file as ours. */
const applicationId = 0x506f7274

/**
 * One entry per version of the schema: what leads to it from the one before. `version` is the row id: AUTOINCREMENT
 * never gives one out twice, not even after the row that had the highest is gone.
 */
const migrations: readonly string[] = [
  `CREATE TABLE records (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    "group" TEXT,
    expires_at REAL,
    value TEXT NOT NULL
  ) STRICT;
  CREATE INDEX records_by_group ON records ("group") WHERE "group" IS NOT NULL;
  CREATE INDEX records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
  PRAGMA application_id = ${applicationId};`,
]

/**
 * Sets the connection up and brings the schema to this version. Several processes may do it at once.
 *
 * @throws {StorageUnavailableError} when the file cannot be opened or written
 * @throws {Error} when the file belongs to another application or to a newer version
 */
export function prepareDatabase(database: SqliteDatabase): void {
  try {
    // Other processes hold the lock for one commit at a time.
    database.exec('PRAGMA busy_timeout = 5000')
    refuseForeign(database)
    // Only works before the first table exists: freed pages go back to the file system in small steps.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
    database.exec('PRAGMA journal_mode = WAL')
    // FULL, not NORMAL: with NORMAL a power failure undoes the last commits, and with them a redemption or a revocation.
    database.exec('PRAGMA synchronous = FULL')
    database.exec('PRAGMA journal_size_limit = 16777216')
    migrate(database)
  } catch (error) {
    throw error instanceof WrongDatabaseError ? error : unavailable(error)
  }
}

function migrate(database: SqliteDatabase): void {
  if (pragma(database, 'user_version') === migrations.length) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have been faster: only now nobody else can change it.
    refuseForeign(database)
    const pending = migrations.slice(pragma(database, 'user_version'))
    for (const migration of pending) database.exec(migration)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
    database.exec('COMMIT')
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function refuseForeign(database: SqliteDatabase): void {
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as {
    tables: number | bigint
  }
  if (Number(tables) > 0 && pragma(database, 'application_id') !== applicationId) {
    throw new WrongDatabaseError(
      'The SQLite file holds tables of another application: give Portico a file of its own.',
    )
  }
  const version = pragma(database, 'user_version')
  if (version > migrations.length) {
    throw new WrongDatabaseError(
      `The SQLite file has schema version ${version}, this release knows ${migrations.length}: ` +
        'upgrade @portico/storage-sqlite, or restore the backup from before the upgrade.',
    )
  }
}

function pragma(database: SqliteDatabase, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, number | bigint>
  return Number(row[name])
}

class WrongDatabaseError extends Error {
  override readonly name = 'WrongDatabaseError'
}
