import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { spawnStorage } from '@portico/testkit'
import { describe, expect, it } from 'vitest'

import { sqliteStorage } from '../src/index.ts'
import type { SqliteDatabase } from '../src/index.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const directory = temporaryDirectory()

describe('durability', () => {
  it('asks SQLite to flush the disk with every commit', () => {
    const database = new DatabaseSync(join(directory, 'pragmas.db'))
    sqliteStorage(database)
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
    database.close()
  })

  it('commits the writes of one turn together, and answers only after the commit', async () => {
    const database = new DatabaseSync(':memory:')
    const log: string[] = []
    const watched: SqliteDatabase = {
      prepare: (sql) => database.prepare(sql),
      exec: (sql) => {
        database.exec(sql)
        log.push(sql)
      },
    }
    const storage = sqliteStorage(watched)
    log.length = 0
    const writes = Array.from({ length: 50 }, (_, index) =>
      storage.set(['code', String(index)], { value: index }).then(() => log.push('answered')),
    )
    const taking = storage
      .take(['code', '7'])
      .then((record) => log.push(`took ${JSON.stringify(record?.value)}`))
    await Promise.all([...writes, taking])
    const answers = Array.from({ length: 50 }, () => 'answered')
    expect(log).toEqual(['BEGIN IMMEDIATE', 'COMMIT', ...answers, 'took 7'])
  })

  it('keeps what it has acknowledged when the process is killed in the middle of its work', async () => {
    const file = join(directory, 'killed.db')
    const child = fork(new URL('./writing-process.ts', import.meta.url), [file], {
      execArgv: ['--conditions=@portico/source'],
    })
    const acknowledged: number[] = []
    child.on('message', (index: number) => {
      acknowledged.push(index)
      if (acknowledged.length === 500) child.kill('SIGKILL')
    })
    await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')

    const database = new DatabaseSync(file)
    const storage = sqliteStorage(database)
    for (const index of acknowledged) {
      expect(await storage.get(['written', String(index)])).toMatchObject({ value: index })
      expect(await storage.get(['taken', String(index)])).toBeUndefined()
    }
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    database.close()
  })

  it('lets several processes create one database at the same moment', async () => {
    const open = spawnStorage(new URL('./sqlite-process.ts', import.meta.url), join(directory, 'together.db'))
    const storages = await Promise.all(Array.from({ length: 6 }, () => open(() => 1000)))
    await Promise.all(storages.map((storage, index) => storage.set(['one', 'key'], { value: index })))
    const read = await Promise.all(storages.map((storage) => storage.get(['one', 'key'])))
    expect(new Set(read.map((record) => record?.value)).size).toBe(1)
    await Promise.all(storages.map((storage) => storage[Symbol.asyncDispose]()))
  })
})
