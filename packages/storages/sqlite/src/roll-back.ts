import type { SqliteDatabase } from './sqlite-database.ts'

/** Ends a transaction that failed, so that what is reported is why. */
export function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // SQLite has rolled back by itself (disk full, I/O error): there is no transaction any more.
  }
}
