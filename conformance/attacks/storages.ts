import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

import { memoryStorage, type Storage } from '@portico/storage'
import { sqliteStorage } from '@portico/storage-sqlite'

/** A storage that no other test sees. */
export interface OpenedStorage {
  readonly storage: Storage
  readonly close: () => Promise<void>
}

/** Opens an empty storage that goes by the given clock (Unix seconds). */
export type OpenStorage = (now: () => number) => Promise<OpenedStorage>

const nothingToClose = () => Promise.resolve()

function onPostgres(url: string): OpenStorage {
  return async (now) => {
    const { Client, Pool } = await import('pg')
    const { migratePostgres, postgresStorage } = await import('@portico/storage-postgres')
    const schema = `attacks_${randomUUID().replaceAll('-', '')}`
    const pool = new Pool({ connectionString: url, max: 4, options: `-c search_path=${schema}` })
    await pool.query(`CREATE SCHEMA ${schema}`)
    await migratePostgres(pool)
    return {
      storage: postgresStorage(pool, { now }),
      close: async () => {
        // Not by the pool: what the gateway still sweeps there would wait for the schema, and the schema for that.
        await pool.end()
        const client = new Client({ connectionString: url })
        await client.connect()
        await client.query(`DROP SCHEMA ${schema} CASCADE`)
        await client.end()
      },
    }
  }
}

function onRedis(url: string): OpenStorage {
  return async (now) => {
    const { createClient } = await import('redis')
    const { redisStorage } = await import('@portico/storage-redis')
    const client = await createClient({ url }).connect()
    return {
      storage: redisStorage(
        { sendCommand: (command) => client.sendCommand(command) },
        { now, prefix: `{attacks-${randomUUID()}}:` },
      ),
      close: () => {
        client.destroy()
        return Promise.resolve()
      },
    }
  }
}

const {
  PORTICO_ATTACK_STORAGES: wanted,
  PORTICO_TEST_POSTGRES_URL: postgresUrl,
  PORTICO_TEST_REDIS_URL: redisUrl,
} = process.env

/** In this process alone: for what does not depend on where records are kept. */
export const memory: OpenStorage = (now) =>
  Promise.resolve({ storage: memoryStorage({ now }), close: nothingToClose })

const known: readonly (readonly [name: string, open: OpenStorage | undefined])[] = [
  ['memory', memory],
  [
    'sqlite',
    (now) => {
      const database = new DatabaseSync(':memory:')
      return Promise.resolve({
        storage: sqliteStorage(database, { now }),
        close: () => Promise.resolve(database.close()),
      })
    },
  ],
  ['postgres', postgresUrl === undefined ? undefined : onPostgres(postgresUrl)],
  ['redis', redisUrl === undefined ? undefined : onRedis(redisUrl)],
]

/**
 * What the suite runs on: memory and SQLite always, PostgreSQL and Redis where there is a server for tests.
 * `PORTICO_ATTACK_STORAGES=memory,redis` chooses among them.
 */
export const storages: readonly (readonly [name: string, open: OpenStorage])[] = known.flatMap(
  ([name, open]) => {
    if (wanted !== undefined && !wanted.split(',').includes(name)) return []
    return open ? [[name, open] as const] : []
  },
)
