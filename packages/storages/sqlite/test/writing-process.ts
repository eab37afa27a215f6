import { DatabaseSync } from 'node:sqlite'

import { sqliteStorage } from '../src/index.ts'

// Writes and takes without end, and tells its parent what has been acknowledged, until it is killed.
const [, , file = ''] = process.argv
const storage = sqliteStorage(new DatabaseSync(file))

async function work(index: number): Promise<void> {
  await storage.set(['taken', String(index)], { value: index })
  await Promise.all([
    storage.set(['written', String(index)], { value: index }),
    storage.take(['taken', String(index)]),
  ])
  process.send?.(index)
}

for (let index = 0; ; index += 4) await Promise.all([0, 1, 2, 3].map((offset) => work(index + offset)))
