import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { sqliteStorage } from '../src/index.ts'
import type { SqliteDatabase } from '../src/index.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const directory = temporaryDirectory()
const file = (name: string): string => join(directory, name)

describe('a full disk', () => {
  it('refuses writes, keeps reading, and recovers once there is room', async () => {
    const database = new DatabaseSync(file('full.db'))
    const storage = sqliteStorage(database)
    await storage.set(['grant', 'g1'], { value: 'before' })
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
    database.exec(`PRAGMA max_page_count = ${pages}`)

    const big = { value: 'x'.repeat(1_000_000) }
    await expect(storage.set(['grant', 'g1'], big)).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: 'SQLite cannot answer: database or disk is full',
    })
    expect(await storage.get(['grant', 'g1'])).toMatchObject({ value: 'before' })

    database.exec('PRAGMA max_page_count = 1000000')
    expect(await storage.set(['grant', 'g1'], big)).toBe(true)
    expect(await storage.get(['grant', 'g1'])).toMatchObject(big)
    database.close()
  })

  it('is named as such where not even the tables fit', () => {
    const database = new DatabaseSync(':memory:')
    const full: SqliteDatabase = {
      prepare: (text) => database.prepare(text),
      exec(text) {
        if (!text.includes('CREATE TABLE')) return database.exec(text)
        // SQLite ends the transaction by itself.
        database.exec('ROLLBACK')
        throw new Error('database or disk is full')
      },
    }
    expect(() => sqliteStorage(full)).toThrow('SQLite cannot answer: database or disk is full')
    database.close()
  })

  it('fails every caller of the transaction that did not fit, and keeps nothing of it', async () => {
    const database = new DatabaseSync(file('batch.db'))
    const storage = sqliteStorage(database)
    await storage.set(['code', 'c1'], { value: 'kept' })
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
    database.exec(`PRAGMA max_page_count = ${pages}`)

    const results = await Promise.allSettled([
      storage.take(['code', 'c1']),
      storage.set(['grant', 'g1'], { value: 'x'.repeat(1_000_000) }),
      storage.set(['grant', 'g2'], { value: 'small' }),
    ])
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StorageUnavailableError) })
    }
    expect(await storage.get(['code', 'c1'])).toMatchObject({ value: 'kept' })
    expect(await storage.get(['grant', 'g2'])).toBeUndefined()
    expect(await storage.take(['code', 'c1'])).toMatchObject({ value: 'kept' })
    database.close()
  })
})

describe('a locked file', () => {
  it('refuses writes while somebody else holds the lock, keeps reading, and recovers', async () => {
    const database = new DatabaseSync(file('locked.db'))
    const storage = sqliteStorage(database)
    await storage.set(['code', 'c1'], { value: 1 })
    // The holder is this process itself: waiting would not help.
    database.exec('PRAGMA busy_timeout = 0')
    const holder = new DatabaseSync(file('locked.db'))
    holder.exec('BEGIN IMMEDIATE')

    await expect(storage.take(['code', 'c1'])).rejects.toThrow(/SQLite cannot answer: database is locked/)
    expect(await storage.get(['code', 'c1'])).toMatchObject({ value: 1 })

    holder.exec('ROLLBACK')
    expect(await storage.take(['code', 'c1'])).toMatchObject({ value: 1 })
    holder.close()
    database.close()
  })

  it('waits up to five seconds for other processes', () => {
    const database = new DatabaseSync(':memory:')
    sqliteStorage(database)
    expect(database.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 5000 })
  })
})

describe('a damaged file', () => {
  it('is refused at the start when it is no database', () => {
    writeFileSync(file('text.db'), 'This is not a database. '.repeat(100))
    expect(() => sqliteStorage(new DatabaseSync(file('text.db')))).toThrow(StorageUnavailableError)
  })

  it('is reported by the verb that meets the damage, never as an absent record', async () => {
    const database = new DatabaseSync(file('damaged.db'))
    const storage = sqliteStorage(database)
    const keys = Array.from({ length: 2000 }, (_, index) => ['token', `t${index}`] as const)
    await Promise.all(keys.map((key) => storage.set(key, { value: 'x'.repeat(100) })))
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
    database.close()

    const handle = openSync(file('damaged.db'), 'r+')
    for (let page = 8; page < pages; page++) writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096)
    closeSync(handle)

    const reopened = sqliteStorage(new DatabaseSync(file('damaged.db')))
    const results = await Promise.allSettled(keys.map((key) => reopened.get(key)))
    const rejected = results.filter(({ status }) => status === 'rejected')
    expect(rejected.length).toBeGreaterThan(1000)
    for (const result of rejected) expect(result).toHaveProperty('reason.code', 'storage_unavailable')
    expect(results).not.toContainEqual({ status: 'fulfilled', value: undefined })
    await expect(reopened.deleteGroup('g')).resolves.toBeUndefined()
    await expect(reopened.take(keys[1000]!)).rejects.toThrow(StorageUnavailableError)
  })
})

describe('a file of somebody else', () => {
  it('is refused when it holds tables of another application', () => {
    const database = new DatabaseSync(file('foreign.db'))
    database.exec('CREATE TABLE users (id INTEGER)')
    expect(() => sqliteStorage(database)).toThrow(/another application: give Portico a file of its own/)
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' })
  })

  it('is refused when a newer release has changed its schema', () => {
    const database = new DatabaseSync(file('newer.db'))
    sqliteStorage(database)
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number
    }
    sqliteStorage(database)
    database.exec(`PRAGMA user_version = ${version + 1}`)
    expect(() => sqliteStorage(database)).toThrow(/upgrade @portico\/storage-sqlite/)
  })
})

describe('a commit that fails', () => {
  it('rejects its callers and leaves the connection usable', async () => {
    const database = new DatabaseSync(':memory:')
    let failing = false
    const flaky: SqliteDatabase = {
      prepare: (sql) => database.prepare(sql),
      exec: (sql) => {
        if (failing && sql === 'COMMIT') throw new Error('disk I/O error')
        database.exec(sql)
      },
    }
    const storage = sqliteStorage(flaky)
    failing = true
    await expect(storage.set(['code', 'c1'], { value: 1 })).rejects.toThrow(/disk I\/O error/)
    expect(await storage.get(['code', 'c1'])).toBeUndefined()
    failing = false
    expect(await storage.set(['code', 'c1'], { value: 1 }, 'absent')).toBe(true)
  })
})
