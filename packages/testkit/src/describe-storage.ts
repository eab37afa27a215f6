import type { Storage } from '@portico/storage'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { concurrencyChecks } from './storage-checks/concurrency-checks.ts'
import { dataChecks } from './storage-checks/data-checks.ts'
import { expiryChecks } from './storage-checks/expiry-checks.ts'
import { failureChecks } from './storage-checks/failure-checks.ts'
import { historyChecks } from './storage-checks/history-checks.ts'
import { modelChecks } from './storage-checks/model-checks.ts'
import { recordChecks } from './storage-checks/record-checks.ts'
import type { StorageBench, StorageCheck } from './storage-checks/storage-check.ts'

type Handle = Storage | (Storage & AsyncDisposable)

/**
 * Opens a storage that goes by the given clock (Unix seconds). It need not be empty. A handle with
 * `Symbol.asyncDispose` is disposed of when the checks are done.
 */
export type OpenStorage = (now: () => number) => Handle | Promise<Handle>

/** How the kit opens, shares and closes the storage under test. */
export type DescribeStorageOptions = {
  /** Closes what a handle rests on when the checks are done; called for every handle that was opened. */
  readonly dispose?: (storage: Storage) => void | Promise<void>
} & (
  | {
      /**
       * Opens a further handle on the same records: another connection, better another process
       * (`spawnStorage`). The concurrency checks spread over four handles.
       */
      readonly another: OpenStorage
      /** Opens a handle whose backing cannot be reached: a closed file, a port where nobody listens. */
      readonly unavailable: OpenStorage
    }
  /** Only a storage that lives in the memory of one process has no second handle and nothing to fail. */
  | { readonly another?: never; readonly unavailable?: never }
)

/** Every check of the kit that needs a working storage, in order, by what it is about. */
export const storageChecks: Readonly<Record<string, readonly StorageCheck[]>> = {
  'one record, one caller': recordChecks,
  'keys and values': dataChecks,
  expiry: expiryChecks,
  'any sequence': modelChecks,
  concurrency: concurrencyChecks,
  'any interleaving': historyChecks,
}

const handleCount = 4
const timeoutMs = 120_000

/**
 * Proves that a storage keeps the promises of the `Storage` contract, as vitest tests: sequences, expiry, odd data,
 * real concurrency, failure. There are no parts to switch off.
 */
export function describeStorage(name: string, open: OpenStorage, options: DescribeStorageOptions = {}): void {
  const { dispose, another, unavailable } = options
  const opened: Handle[] = []
  const connect = async (how: OpenStorage, now: () => number): Promise<Storage> => {
    const storage = await how(now)
    opened.push(storage)
    return storage
  }

  describe(`${name} keeps the storage contract`, { timeout: timeoutMs }, () => {
    let bench: StorageBench
    beforeAll(async () => {
      const clock = manualClock()
      const handles: [Storage, ...Storage[]] = [await connect(open, clock.now)]
      if (another !== undefined) {
        for (let index = 1; index < handleCount; index++) handles.push(await connect(another, clock.now))
      }
      bench = { handles, clock, unique: uniqueNames() }
    }, timeoutMs)
    afterAll(async () => {
      for (const handle of opened) {
        if (Symbol.asyncDispose in handle) await handle[Symbol.asyncDispose]()
        await dispose?.(handle)
      }
    }, timeoutMs)

    for (const [topic, checks] of Object.entries(storageChecks)) {
      describe(topic, () => {
        for (const { title, run } of checks) it(title, () => run(bench))
      })
    }

    if (unavailable !== undefined) {
      describe('failure', () => {
        let broken: Storage
        beforeAll(async () => {
          broken = await connect(unavailable, bench.clock.now)
        }, timeoutMs)
        for (const { title, run } of failureChecks) it(title, () => run(broken))
      })
    }
  })
}

/** A clock that only the checks move. */
export function manualClock(start = 1_800_000_000): StorageBench['clock'] {
  let time = start
  return {
    now: () => time,
    advance: (seconds) => {
      time += seconds
    },
  }
}

/** Names that no check has used before, in this run or another. */
export function uniqueNames(): StorageBench['unique'] {
  const run = crypto.randomUUID()
  let count = 0
  return (name) => `${name}~${run}-${++count}`
}
