import type { Storage } from '@portico/storage'
import { expect } from 'vitest'

import { subject } from './storage-check.ts'
import type { StorageBench, StorageCheck } from './storage-check.ts'

const rounds = 20
const contenders = 24

/** Lets callers spread over all handles do something at once. */
function contend<Result>(
  { handles }: StorageBench,
  act: (storage: Storage, index: number) => Promise<Result>,
): Promise<Result[]> {
  const callers = Array.from(
    { length: contenders },
    (_, index) => handles[index % handles.length] ?? handles[0],
  )
  return Promise.all(callers.map(act))
}

/** Tries until it succeeds; somebody always does, so the number of attempts has a limit. */
async function persist(attempt: () => Promise<boolean>): Promise<void> {
  for (let left = 20_000; left > 0; left--) if (await attempt()) return
  expect.fail('no attempt succeeded')
}

/** Of any number of concurrent callers one wins, whatever connection or process they come from. */
export const concurrencyChecks: readonly StorageCheck[] = [
  {
    title: 'shows every handle what any handle has written',
    async run(bench) {
      for (const [index, writer] of bench.handles.entries()) {
        const { key, group } = subject(bench)
        await writer.set(key, { value: index, group })
        for (const reader of bench.handles) {
          expect(await reader.get(key)).toMatchObject({ value: index })
          expect(await reader.list(group)).toHaveLength(1)
        }
        await writer.deleteGroup(group)
        for (const reader of bench.handles) expect(await reader.get(key)).toBeUndefined()
      }
    },
  },
  {
    title: 'gives a record to exactly one of many concurrent takers',
    async run(bench) {
      for (let round = 0; round < rounds; round++) {
        const { storage, key, group } = subject(bench)
        await storage.set(key, { value: round, group, expiresAt: bench.clock.now() + 60 })
        const taken = await contend(bench, (handle) => handle.take(key))
        expect(taken.filter((record) => record !== undefined).map(({ value }) => value)).toEqual([round])
        expect(await storage.get(key)).toBeUndefined()
        expect(await storage.list(group)).toEqual([])
      }
    },
  },
  {
    title: 'lets exactly one of many concurrent callers set with "absent"',
    async run(bench) {
      for (let round = 0; round < rounds; round++) {
        const { storage, key, group } = subject(bench)
        const won = await contend(bench, (handle, index) =>
          handle.set(key, { value: index, group }, 'absent'),
        )
        expect(won.filter(Boolean)).toHaveLength(1)
        expect((await storage.get(key))?.value).toBe(won.indexOf(true))
        expect(await storage.list(group)).toHaveLength(1)
      }
    },
  },
  {
    title: 'lets exactly one of many concurrent callers set over an expired record with "absent"',
    async run(bench) {
      for (let round = 0; round < rounds; round++) {
        const { storage, key } = subject(bench)
        await storage.set(key, { value: 'old', expiresAt: bench.clock.now() + 5 })
        bench.clock.advance(5)
        const won = await contend(bench, (handle, index) => handle.set(key, { value: index }, 'absent'))
        expect(won.filter(Boolean)).toHaveLength(1)
        expect((await storage.get(key))?.value).toBe(won.indexOf(true))
      }
    },
  },
  {
    title: 'lets exactly one of many concurrent callers set with a version',
    async run(bench) {
      for (let round = 0; round < rounds; round++) {
        const { storage, key } = subject(bench)
        await storage.set(key, { value: 'first' })
        const version = (await storage.get(key))?.version ?? Number.NaN
        const won = await contend(bench, (handle, index) => handle.set(key, { value: index }, { version }))
        expect(won.filter(Boolean)).toHaveLength(1)
        expect((await storage.get(key))?.value).toBe(won.indexOf(true))
      }
    },
  },
  {
    title: 'never lets a taker and a writer with a version both have the same record',
    async run(bench) {
      for (let round = 0; round < rounds; round++) {
        const { storage, key } = subject(bench)
        await storage.set(key, { value: 'first' })
        const version = (await storage.get(key))?.version ?? Number.NaN
        const results = await contend(bench, async (handle, index) =>
          index % 2 === 0
            ? { taken: (await handle.take(key))?.value }
            : { written: await handle.set(key, { value: 'second' }, { version }) },
        )
        const taken = results.map((result) => result.taken).filter((value) => value !== undefined)
        const written = results.filter((result) => result.written === true).length
        // Either the first record was taken, or one writer replaced it; what it wrote was then taken or is left.
        const left = await storage.get(key)
        if (written === 0) expect([taken, left]).toEqual([['first'], undefined])
        else expect([written, taken.length + (left === undefined ? 0 : 1)]).toEqual([1, 1])
        if (written === 1) expect([...taken, left?.value].filter(Boolean)).toEqual(['second'])
      }
    },
  },
  {
    title: 'loses no update of callers that read, change and set with the version read',
    async run(bench) {
      const { storage, key } = subject(bench)
      await storage.set(key, { value: 0 })
      await contend(bench, async (handle) => {
        for (let done = false; !done;) {
          const stored = await handle.get(key)
          const next = { value: Number(stored?.value) + 1 }
          done = await handle.set(key, next, { version: stored?.version ?? Number.NaN })
        }
      })
      expect((await storage.get(key))?.value).toBe(contenders)
    },
  },
  {
    title: 'keeps a lease to one holder at a time',
    async run(bench) {
      const { storage, key } = subject(bench)
      const lease = ['lease', bench.unique('lease')] as const
      await storage.set(key, { value: 0 })
      await contend(bench, async (handle, index) => {
        await persist(() => handle.set(lease, { value: index }, 'absent'))
        const stored = await handle.get(key)
        // Without a condition: only the lease protects it.
        await handle.set(key, { value: Number(stored?.value) + 1 })
        await handle.delete(lease)
      })
      expect((await storage.get(key))?.value).toBe(contenders)
    },
  },
  {
    title: 'lists every record whose set has resolved, while others are written and removed',
    async run(bench) {
      const { storage, group } = subject(bench)
      await contend(bench, async (handle, index) => {
        const key = ['member', bench.unique(String(index))] as const
        await handle.set(key, { value: index, group })
        const own = async (): Promise<boolean> => {
          const listed = await handle.list(group)
          return listed.some(({ key: [, id] }) => id === key[1])
        }
        expect(await own()).toBe(true)
        if (index % 2 === 1) return
        await handle.take(key)
        expect(await own()).toBe(false)
      })
      expect(await storage.list(group)).toHaveLength(contenders / 2)
    },
  },
  {
    title: 'leaves nothing of a group that was there when it was deleted, whoever writes or deletes besides',
    async run(bench) {
      const { storage, group } = subject(bench)
      for (let round = 0; round < rounds; round++) {
        const before = Array.from({ length: 10 }, () => ['old', bench.unique('old')] as const)
        await Promise.all(before.map((key) => storage.set(key, { value: round, group })))
        await contend(bench, async (handle, index) => {
          if (index % 3 === 0) await handle.deleteGroup(group)
          else if (index % 3 === 1) await handle.set(['new', bench.unique('new')], { value: round, group })
          else await handle.take(before[index % before.length] ?? ['old', ''])
        })
        for (const key of before) expect(await storage.get(key)).toBeUndefined()
        for (const { key } of await storage.list(group)) expect(key[0]).toBe('new')
        await storage.deleteGroup(group)
        expect(await storage.list(group)).toEqual([])
      }
    },
  },
]
