import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { StorageUnavailableError, sweepDelaySeconds } from '@portico/storage'
import { describeStorage, spawnStorage } from '@portico/testkit'
import { Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { migratePostgres, postgresStorage } from '../src/index.ts'
import { connect, temporarySchema } from './test-database.ts'

const url = process.env['PORTICO_TEST_POSTGRES_URL']

describe('a server that cannot be reached', () => {
  it('is reported as unavailable, by the migration too', async () => {
    const pool = connect('postgres://portico@127.0.0.1:1/postgres', 'public')
    const refusal = { code: 'storage_unavailable', message: 'PostgreSQL cannot answer (ECONNREFUSED)' }
    await expect(migratePostgres(pool)).rejects.toMatchObject(refusal)
    await expect(postgresStorage(pool).take(['code', 'c1'])).rejects.toMatchObject(refusal)
    await pool.end()
  })
})

it.skipIf(url === undefined)(
  'finds a server by PORTICO_TEST_POSTGRES_URL: `pnpm with:services vitest run` starts one',
  async () => {
    const pool = new Pool({ connectionString: url })
    const { rows } = await pool.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    )
    await pool.end()
    expect(Number(rows[0]?.version)).toBeGreaterThanOrEqual(110_000)
  },
)

if (url !== undefined) provePostgres(url)

function provePostgres(url: string): void {
  const schema = temporarySchema(url)
  const pools: Pool[] = []
  const open = (settings?: string): Pool => {
    const pool = connect(url, schema, settings)
    pools.push(pool)
    return pool
  }
  beforeAll(() => migratePostgres(open()))
  afterAll(() => Promise.all(pools.map((pool) => pool.end())))

  const script = new URL('./postgres-process.ts', import.meta.url)
  const unreachable = 'postgres://portico@127.0.0.1:1/postgres'
  describeStorage('postgres, four processes with pools of pg', spawnStorage(script, url, schema), {
    another: spawnStorage(script, url, schema),
    unavailable: spawnStorage(script, unreachable, schema),
  })

  const serializable = '-c default_transaction_isolation=serializable'
  describeStorage(
    'postgres, pools whose transactions are serializable',
    (now) => postgresStorage(open(serializable), { now }),
    {
      another: (now) => postgresStorage(open(serializable), { now }),
      unavailable: (now) => postgresStorage(connect(unreachable, schema), { now }),
    },
  )

  const clients: postgres.Sql[] = []
  const throughPostgresJs = (address: string) => (now: () => number) => {
    const sql = postgres(address, { connection: { search_path: schema }, max: 4, onnotice: () => undefined })
    clients.push(sql)
    const query = async (text: string, values: unknown[]) => ({
      rows: await sql.unsafe(text, values as never[]),
    })
    return postgresStorage({ query }, { now })
  }
  afterAll(() => Promise.all(clients.map((sql) => sql.end())))
  describeStorage('postgres, over postgres.js', throughPostgresJs(url), {
    another: throughPostgresJs(url),
    unavailable: throughPostgresJs(unreachable),
  })

  describe('migratePostgres', () => {
    const empty = temporarySchema(url)
    let pool: Pool
    beforeAll(() => {
      pool = connect(url, empty)
      pools.push(pool)
    })

    it('is asked for by a storage whose tables are missing', async () => {
      await expect(postgresStorage(pool).get(['code', 'c1'])).rejects.toThrow(
        'PostgreSQL cannot answer (42P01): the tables are missing, run migratePostgres or schema.sql',
      )
    })

    it('creates the tables once, however many processes do it at once, and keeps what they hold', async () => {
      await Promise.all(Array.from({ length: 8 }, () => migratePostgres(pool)))
      await postgresStorage(pool).set(['grant', 'g1'], { value: 'kept' })
      await migratePostgres(pool)
      expect(await postgresStorage(pool).get(['grant', 'g1'])).toMatchObject({ value: 'kept' })
    })

    it('is satisfied with the rights that a storage needs once the tables exist', async () => {
      const role = `${empty}_user`
      await pool.query(
        `CREATE ROLE ${role};
         GRANT USAGE ON SCHEMA ${empty} TO ${role};
         GRANT SELECT ON portico_schema TO ${role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON portico_records TO ${role};
         GRANT USAGE ON SEQUENCE portico_versions TO ${role}`,
      )
      const modest = connect(url, empty, `-c role=${role}`)
      await migratePostgres(modest)
      const storage = postgresStorage(modest)
      expect(await storage.set(['grant', 'g2'], { value: 1, group: 'modest' }, 'absent')).toBe(true)
      expect(await storage.take(['grant', 'g2'])).toMatchObject({ value: 1 })
      await storage.deleteGroup('modest')
      await modest.end()
      await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    })

    it('refuses tables that a newer release has migrated', async () => {
      await pool.query('UPDATE portico_schema SET version = version + 1')
      await expect(migratePostgres(pool)).rejects.toThrow(/upgrade @portico\/storage-postgres/)
      await pool.query('UPDATE portico_schema SET version = version - 1')
      await expect(migratePostgres(pool)).resolves.toBeUndefined()
    })
  })

  describe.each(['repeatable', 'serializable'])('migratePostgres where transactions are %s', (isolation) => {
    const empty = temporarySchema(url)

    it('creates the tables once, however many processes do it at once', async () => {
      const level = isolation === 'repeatable' ? String.raw`repeatable\ read` : isolation
      const pool = connect(url, empty, `-c default_transaction_isolation=${level}`)
      pools.push(pool)
      // So that all of them begin before one has ended.
      const clients = await Promise.all(Array.from({ length: 6 }, () => pool.connect()))
      const done = await Promise.allSettled(clients.map((client) => migratePostgres(client)))
      for (const client of clients) client.release()
      expect(done.filter(({ status }) => status === 'rejected')).toEqual([])
      expect((await pool.query('SELECT version FROM portico_schema')).rows).toEqual([{ version: 1 }])
    })
  })

  describe('upkeep', () => {
    it('removes expired records while others are written, but none that expired a moment ago', async () => {
      let time = 1000
      const pool = open()
      const storage = postgresStorage(pool, { now: () => time })
      for (let index = 0; index < 100; index++) {
        await storage.set(['old', String(index)], { value: 0, group: 'old', expiresAt: 1010 })
        await storage.set(['recent', String(index)], { value: 0, group: 'recent', expiresAt: 1020 })
      }
      time = 1010 + sweepDelaySeconds
      for (let index = 0; index < 100; index++) await storage.set(['tick', '1'], { value: index })
      const { rows } = await pool.query(
        `SELECT "group", count(*)::int AS count FROM portico_records WHERE "group" IN ('"old"', '"recent"') GROUP BY 1`,
      )
      expect(rows).toEqual([{ group: '"recent"', count: 100 }])
    })

    it('finds records, groups and expired records by an index', async () => {
      const pool = open('-c enable_seqscan=off')
      const plan = async (condition: string): Promise<string> => {
        const { rows } = await pool.query(`EXPLAIN SELECT id FROM portico_records WHERE ${condition}`)
        return JSON.stringify(rows)
      }
      expect(await plan(`id = '\\x00'`)).toContain('portico_records_pkey')
      expect(await plan(`"group" = 'g'`)).toContain('portico_records_by_group')
      expect(await plan('expires_at <= 1 ORDER BY expires_at LIMIT 8')).toContain('portico_records_by_expiry')
    })
  })

  describe('failure', () => {
    it('reports connections that the server ends, and carries on with new ones', async () => {
      const pool = open()
      const storage = postgresStorage(pool)
      await storage.set(['grant', 'survivor'], { value: 1 })
      const sleeping = postgresStorage({ query: () => pool.query('SELECT pg_sleep(600)') }).get([
        'any',
        'any',
      ])
      const outcome = sleeping.catch((error: unknown) => error)
      const admin = connect(url, schema)
      const ended = async (): Promise<number> => {
        const { rowCount } = await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE query LIKE 'SELECT pg_sleep%' AND pid <> pg_backend_pid()`,
        )
        return rowCount ?? 0
      }
      while ((await ended()) === 0);
      expect(await outcome).toBeInstanceOf(StorageUnavailableError)
      expect(await storage.get(['grant', 'survivor'])).toMatchObject({ value: 1 })
      await admin.end()
    })
  })

  describe('backup', () => {
    const restored = temporarySchema(url)

    it('is taken by pg_dump and restored by psql', async () => {
      const storage = postgresStorage(open())
      await storage.set(['grant', 'dumped'], { value: { deep: ['"', '\\', '\0'] }, group: 'dump' })
      const run = promisify(execFile)
      const { stdout } = await run('pg_dump', [url, '--table', `${schema}.portico_*`, '--no-owner'], {
        maxBuffer: 2 ** 30,
      })
      // Only the name of the schema differs from a restore into an empty database.
      const dump = stdout.replaceAll(schema, restored)
      const psql = run('psql', [url, '--quiet', '--set', 'ON_ERROR_STOP=1'])
      psql.child.stdin?.end(dump)
      await psql

      const pool = connect(url, restored)
      pools.push(pool)
      await migratePostgres(pool)
      const copy = postgresStorage(pool)
      expect(await copy.list('dump')).toEqual(await storage.list('dump'))
      const before = (await copy.get(['grant', 'dumped']))?.version ?? Number.NaN
      await copy.set(['grant', 'dumped'], { value: 'after' })
      expect((await copy.get(['grant', 'dumped']))?.version).toBeGreaterThan(before)
    })
  })
}
