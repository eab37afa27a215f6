import { randomUUID } from 'node:crypto'

import type { Key } from '@portico/storage'
import { migratePostgres, postgresStorage } from '@portico/storage-postgres'
import { Pool } from 'pg'

import type { OpenGrowingStorage } from './growing-storage.ts'

/** A schema of its own on the server with this URL. */
export const openPostgres =
  (url: string): OpenGrowingStorage =>
  async (now) => {
    const schema = `growth_${randomUUID().replaceAll('-', '')}`
    const pool = new Pool({ connectionString: url, options: `-c search_path=${schema}`, max: 20 })
    await pool.query(`CREATE SCHEMA ${schema}`)
    await migratePostgres(pool)
    const number = async (query: string, ...values: readonly unknown[]): Promise<number> => {
      const { rows } = await pool.query<{ number: string }>(`SELECT ${query} AS number`, [...values])
      return Number(rows[0]?.number)
    }
    return {
      storage: postgresStorage(pool, { now }),
      recordCount: () => number('(SELECT count(*) FROM portico_records)'),
      expiredCount: (before) =>
        number('(SELECT count(*) FROM portico_records WHERE expires_at <= $1)', before),
      async clientKeys(limit) {
        const { rows } = await pool.query<{ key: string }>(
          `SELECT key FROM portico_records WHERE key LIKE '["client",%' ORDER BY random() LIMIT $1`,
          [limit],
        )
        return rows.map(({ key }) => JSON.parse(key) as Key)
      },
      async bytes() {
        // As autovacuum does.
        await pool.query('VACUUM ANALYZE portico_records')
        return number(`pg_total_relation_size('portico_records')`)
      },
      clock: () => performance.now() * 1000,
      async compact() {
        await pool.query('VACUUM FULL portico_records')
      },
      async close() {
        await pool.query(`DROP SCHEMA ${schema} CASCADE`)
        await pool.end()
      },
    }
  }
