import { migratePostgres, postgresStorage } from '@portico/storage-postgres'
import type * as pg from 'pg'

import { optionalPackage } from './optional-package.ts'
import type { StorageConnection } from './storage-connection.ts'

/**
 * Connects through `pg` and creates or migrates the tables. Parameters of the URL win over these limits, for example
 * `?query_timeout=2000`.
 *
 * @throws {StorageUnavailableError} when the database does not answer
 * @throws {Error} when a newer release has migrated the tables
 */
export async function openPostgres(url: string, workingDirectory: string): Promise<StorageConnection> {
  const { Pool } = await optionalPackage<typeof pg>('pg', workingDirectory)
  const pool = new Pool({
    connectionString: url,
    application_name: 'portico',
    max: 20,
    // An answer that never comes is worse than none: the caller is told to try again.
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
  })
  // A connection that is lost while it is idle: the next query opens another one, and reports if that fails.
  pool.on('error', () => undefined)
  try {
    await migratePostgres(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  return { storage: postgresStorage(pool), close: () => pool.end() }
}
