import { randomUUID } from 'node:crypto'

import { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'

/** A pool whose tables live in one schema. */
export function connect(url: string, schema: string, settings = ''): Pool {
  const pool = new Pool({ connectionString: url, max: 8, options: `-c search_path=${schema} ${settings}` })
  // A connection that the server ends while it is idle: the pool opens another one.
  pool.on('error', () => undefined)
  return pool
}

/** The name of an empty schema, which exists while the tests of this file run. */
export function temporarySchema(url: string): string {
  const schema = `test_${randomUUID().replaceAll('-', '')}`
  const pool = new Pool({ connectionString: url, max: 1 })
  beforeAll(async () => {
    await pool.query(`CREATE SCHEMA ${schema}`)
  })
  afterAll(async () => {
    await pool.query(`DROP SCHEMA ${schema} CASCADE`)
    await pool.end()
  })
  return schema
}
