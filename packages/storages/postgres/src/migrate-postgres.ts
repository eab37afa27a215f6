import type { PostgresClient } from './postgres-client.ts'
import { schema } from './schema.ts'
import { codeOf, unavailable } from './unavailable.ts'

/**
 * Creates the tables in the first schema of the search path, or brings them to this release. Several processes may do
 * it at once. Where there is something to create, the user needs the right to; without it, run schema.sql as somebody
 * who has it.
 *
 * @throws {StorageUnavailableError} when the database cannot be reached or refuses
 * @throws {Error} when a newer release has migrated the tables
 */
export async function migratePostgres(client: PostgresClient): Promise<void> {
  try {
    await create(client)
  } catch (cause) {
    if (codeOf(cause) !== 'PT001') throw unavailable(cause)
    const remedy = 'upgrade @portico/storage-postgres, or restore the backup from before the upgrade'
    throw new Error(`A newer release has migrated the tables: ${remedy}.`, { cause })
  }
}

async function create(client: PostgresClient): Promise<void> {
  try {
    await client.query(schema, [])
  } catch (error) {
    // duplicate_table: where transactions are isolated, one that has waited for another process does not see what that
    // one has created. The next one does.
    if (codeOf(error) !== '42P07') throw error
    await client.query(schema, [])
  }
}
