import { statSync } from 'node:fs'

import type { Key } from '@portico/storage'

import type { GrowingDeployment } from './deployment.ts'

export interface Sizes {
  readonly recordCount: number
  readonly fileBytes: number
  /** After a collection of garbage. */
  readonly heapBytes: number
}

/** CPU time of each, in microseconds. */
export interface Lookups {
  readonly 'a client by its id': number
  readonly 'the grants of a user': number
  readonly 'a refresh at the token endpoint': number
}

const samples = 500
const batchSize = 50

export function measureSizes({ database, file }: GrowingDeployment): Sizes {
  const { count } = database.prepare('SELECT count(*) AS count FROM records').get() as { count: number }
  // The write-ahead log belongs to no stage.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  globalThis.gc?.()
  return { recordCount: count, fileBytes: statSync(file).size, heapBytes: process.memoryUsage().heapUsed }
}

export async function measureLookups(deployment: GrowingDeployment): Promise<Lookups> {
  const { storage, database } = deployment
  const clients = database
    .prepare(`SELECT key FROM records WHERE key LIKE '["client",%' ORDER BY random() LIMIT ?`)
    .all(samples)
    .map((row) => JSON.parse((row as { key: string }).key) as Key)
  const clientId = await deployment.register()
  let refreshToken = await deployment.grant(clientId, 'user-who-refreshes')
  return {
    'a client by its id': await cpuTime(clients, (key) => storage.get(key)),
    'the grants of a user': await cpuTime(clients, ([, id]) => storage.list(`subject:user-of-${id}`)),
    'a refresh at the token endpoint': await cpuTime(clients, async () => {
      refreshToken = await deployment.refresh(clientId, refreshToken)
    }),
  }
}

/** Of all threads of this process, in the best of some batches: what disturbs a busy machine only ever adds to it. */
async function cpuTime<Item>(
  items: readonly Item[],
  lookUp: (item: Item) => Promise<unknown>,
): Promise<number> {
  const batches: number[] = []
  for (let start = 0; start < items.length; start += batchSize) {
    const batch = items.slice(start, start + batchSize)
    for (const item of batch) await lookUp(item)
    const before = process.cpuUsage()
    for (const item of batch) await lookUp(item)
    const { user, system } = process.cpuUsage(before)
    batches.push((user + system) / batch.length)
  }
  return Math.min(...batches)
}
