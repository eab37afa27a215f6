import type { GrowingDeployment } from './deployment.ts'

export interface Sizes {
  readonly recordCount: number
  readonly bytes: number
  /** After a collection of garbage. */
  readonly heapBytes: number
  /** What the process has of the machine's memory. */
  readonly residentBytes: number
}

/** Of each, in microseconds by the clock of the storage. */
export interface Lookups {
  readonly 'a client by its id': number
  readonly 'the grants of a user': number
  readonly 'a refresh at the token endpoint': number
}

const samples = 500
const batchSize = 50

export async function measureSizes({ recordCount, bytes }: GrowingDeployment): Promise<Sizes> {
  const sizes = { recordCount: await recordCount(), bytes: await bytes() }
  // What is let go of at the end of one turn is found by the collection of the next.
  globalThis.gc?.()
  await new Promise((resolve) => setImmediate(resolve))
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  return { ...sizes, heapBytes: heapUsed, residentBytes: rss }
}

export async function measureLookups(deployment: GrowingDeployment): Promise<Lookups> {
  const { storage, clock } = deployment
  const clients = await deployment.clientKeys(samples)
  const clientId = await deployment.register()
  let refreshToken = await deployment.grant(clientId, 'user-who-refreshes')
  return {
    'a client by its id': await bestOf(clock, clients, (key) => storage.get(key)),
    'the grants of a user': await bestOf(clock, clients, ([, id]) => storage.list(`subject:user-of-${id}`)),
    'a refresh at the token endpoint': await bestOf(clock, clients, async () => {
      refreshToken = await deployment.refresh(clientId, refreshToken)
    }),
  }
}

/** In the best of some batches: what disturbs a busy machine only ever adds to it. */
async function bestOf<Item>(
  clock: () => number,
  items: readonly Item[],
  lookUp: (item: Item) => Promise<unknown>,
): Promise<number> {
  const batches: number[] = []
  for (let start = 0; start < items.length; start += batchSize) {
    const batch = items.slice(start, start + batchSize)
    for (const item of batch) await lookUp(item)
    const before = clock()
    for (const item of batch) await lookUp(item)
    batches.push((clock() - before) / batch.length)
  }
  return Math.min(...batches)
}
