import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'

import { sweepDelaySeconds } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { sqliteStorage } from '../src/index.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const directory = temporaryDirectory()
const file = (name: string): string => join(directory, name)

function count(database: DatabaseSync): number {
  return (database.prepare('SELECT count(*) AS records FROM records').get() as { records: number }).records
}

describe('upkeep', () => {
  it('removes expired records in small steps and gives their space back while it works', async () => {
    let time = 1000
    const database = new DatabaseSync(file('shrinking.db'))
    const storage = sqliteStorage(database, { now: () => time })
    const size = (): number => {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return statSync(file('shrinking.db')).size
    }
    const records = Array.from({ length: 20_000 }, (_, index) => ['token', `t${index}`] as const)
    const entry = { value: 'x'.repeat(500), group: 'grant', expiresAt: 2000 }
    await Promise.all(records.map((key) => storage.set(key, entry)))
    const full = size()

    time = 2000 + sweepDelaySeconds
    const before = count(database)
    await storage.set(['tick', 'first'], { value: 0 })
    expect(before - count(database)).toBeLessThan(30)
    for (let index = 0; index < 2000; index++) await storage.set(['tick', 'again'], { value: index })
    expect(count(database)).toBe(2)
    expect(size()).toBeLessThan(full / 2)
    database.close()
  })

  it('keeps an expired record through a clock that jumps ahead and back, unless it was deleted', async () => {
    let time = 1000
    const storage = sqliteStorage(new DatabaseSync(':memory:'), { now: () => time })
    await storage.set(['session', 's1'], { value: 'alive', expiresAt: 1010 })
    await storage.set(['session', 's2'], { value: 'revoked', expiresAt: 1010 })
    time = 1010 + sweepDelaySeconds - 1
    await storage.delete(['session', 's2'])
    expect(await storage.get(['session', 's1'])).toBeUndefined()
    time = 1000
    expect(await storage.get(['session', 's1'])).toMatchObject({ value: 'alive' })
    expect(await storage.get(['session', 's2'])).toBeUndefined()
  })

  it('finds records, groups and expired records by an index', () => {
    const database = new DatabaseSync(':memory:')
    sqliteStorage(database)
    const plan = (sql: string): string => JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
    expect(plan("SELECT * FROM records WHERE key = 'k'")).toMatch(/SEARCH records USING INDEX/)
    expect(plan(`SELECT * FROM records WHERE "group" = ?`)).toMatch(/SEARCH .* records_by_group/)
    expect(plan('SELECT version FROM records WHERE expires_at <= ? ORDER BY expires_at LIMIT ?')).toMatch(
      /SEARCH .* records_by_expiry/,
    )
  })
})

describe('backup', () => {
  it('is taken while writes go on, by node:sqlite, and opens as a storage', async () => {
    const database = new DatabaseSync(file('live.db'))
    const storage = sqliteStorage(database)
    await Promise.all(
      Array.from({ length: 3000 }, (_, index) =>
        storage.set(['grant', `g${index}`], { value: 'x'.repeat(300) }),
      ),
    )
    // A connection of its own: on the one that writes, a step that meets a statement fails.
    const reader = new DatabaseSync(file('live.db'))
    const copying = backup(reader, file('copy.db'), { rate: 20 })
    const writing = storage.set(['grant', 'later'], { value: 'written during the backup' })
    await Promise.all([copying, writing])
    reader.close()

    const copy = new DatabaseSync(file('copy.db'))
    const restored = sqliteStorage(copy)
    expect(await restored.get(['grant', 'g2999'])).toMatchObject({ value: 'x'.repeat(300) })
    expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    copy.close()
    database.close()
  })

  it('is taken by VACUUM INTO with any handle or the sqlite3 shell, and opens as a storage', async () => {
    const database = new DatabaseSync(file('origin.db'))
    const storage = sqliteStorage(database)
    await storage.set(['grant', 'g1'], { value: 1, group: 'u1' })
    const { version } = (await storage.get(['grant', 'g1']))!
    database.exec(`VACUUM INTO '${file('vacuumed.db')}'`)

    const restored = sqliteStorage(new DatabaseSync(file('vacuumed.db')))
    expect(await restored.list('u1')).toEqual([{ key: ['grant', 'g1'], value: 1, group: 'u1', version }])
    expect(await restored.set(['grant', 'g1'], { value: 2 }, { version })).toBe(true)
    database.close()
  })
})

describe('databases of earlier releases', () => {
  it('opens one with schema 1', async () => {
    const database = new DatabaseSync(file('schema-1.db'))
    database.exec(readFileSync(new URL('./fixtures/schema-1.sql', import.meta.url), 'utf8'))
    const storage = sqliteStorage(database, { now: () => 1_800_000_000 })
    expect(await storage.get(['client', 'c"1'])).toEqual({
      key: ['client', 'c"1'],
      value: { name: 'Ada' },
      version: 3,
    })
    expect(await storage.list('grant:g1')).toEqual([
      { key: ['refresh', 'r1'], value: 'sealed', group: 'grant:g1', expiresAt: 1_900_000_000.5, version: 7 },
    ])
    await storage.set(['client', 'new'], { value: 0 })
    expect((await storage.get(['client', 'new']))?.version).toBe(9)
  })
})
