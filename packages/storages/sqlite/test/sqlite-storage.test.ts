import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { describeStorage, spawnStorage } from '@portico/testkit'

import { sqliteStorage } from '../src/index.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const directory = temporaryDirectory()
const script = new URL('./sqlite-process.ts', import.meta.url)

function closed(now: () => number) {
  const database = new DatabaseSync(':memory:')
  const storage = sqliteStorage(database, { now })
  database.close()
  return storage
}

describeStorage('sqlite, one connection', (now) => sqliteStorage(new DatabaseSync(':memory:'), { now }))

const shared = join(directory, 'shared.db')
describeStorage('sqlite, four processes on one file', spawnStorage(script, shared), {
  another: spawnStorage(script, shared),
  unavailable: closed,
})
