import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { Key } from '@portico/storage'
import { sqliteStorage } from '@portico/storage-sqlite'

import type { OpenGrowingStorage } from './growing-storage.ts'

/** A SQLite file of its own. */
export const openSqlite: OpenGrowingStorage = async (now) => {
  const directory = mkdtempSync(join(tmpdir(), 'portico-growth-'))
  const file = join(directory, 'portico.db')
  const database = new DatabaseSync(file)
  const storage = sqliteStorage(database, { now })
  const count = database.prepare('SELECT count(*) AS count FROM records')
  const expired = database.prepare('SELECT count(*) AS count FROM records WHERE expires_at <= ?')
  const clients = database.prepare(
    `SELECT key FROM records WHERE key LIKE '["client",%' ORDER BY random() LIMIT ?`,
  )
  return {
    storage,
    recordCount: async () => (count.get() as { count: number }).count,
    expiredCount: async (before) => (expired.get(before) as { count: number }).count,
    clientKeys: async (limit) =>
      clients.all(limit).map((row) => JSON.parse((row as { key: string }).key) as Key),
    async bytes() {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return statSync(file).size
    },
    clock() {
      const { user, system } = process.cpuUsage()
      return user + system
    },
    async close() {
      database.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
