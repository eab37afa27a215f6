import { randomUUID } from 'node:crypto'

import { Client } from 'pg'

/** A schema of PostgreSQL that no other test sees. */
export interface PostgresSchema {
  readonly name: string
  /** Drops it with its tables; end the pools that use it before. */
  readonly drop: () => Promise<void>
}

/** Makes an empty one. */
export async function createPostgresSchema(url: string | undefined): Promise<PostgresSchema> {
  const query = async (text: string): Promise<void> => {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(text)
    await client.end()
  }
  const name = `e2e_${randomUUID().replaceAll('-', '')}`
  await query(`CREATE SCHEMA ${name}`)
  return { name, drop: () => query(`DROP SCHEMA ${name} CASCADE`) }
}
