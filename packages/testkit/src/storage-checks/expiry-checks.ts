import type { Storage } from '@portico/storage'
import { expect } from 'vitest'

import { subject } from './storage-check.ts'
import type { StorageBench, StorageCheck } from './storage-check.ts'

/** A record that has just reached its expiry, and its version from when it lived. */
async function expired(bench: StorageBench) {
  const { storage, key, group } = subject(bench)
  await storage.set(key, { value: 'old', group, expiresAt: bench.clock.now() + 30 })
  const version = (await storage.get(key))?.version ?? Number.NaN
  bench.clock.advance(30)
  return { storage, key, group, version }
}

async function fill(storage: Storage, bench: StorageBench, count: number, expiresAt?: number): Promise<void> {
  const ids = Array.from({ length: count }, () => bench.unique('filler'))
  await Promise.all(ids.map((id) => storage.set(['filler', id], { value: id, expiresAt })))
}

/** From the second `expiresAt` on, a record does not exist for any verb. */
export const expiryChecks: readonly StorageCheck[] = [
  {
    title: 'shows a record until the very second of its expiry',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      await storage.set(key, { value: 1, group, expiresAt: bench.clock.now() + 30 })
      bench.clock.advance(29.5)
      expect(await storage.get(key)).toMatchObject({ value: 1 })
      expect(await storage.list(group)).toHaveLength(1)
      expect(await storage.set(key, { value: 2 }, 'absent')).toBe(false)
      bench.clock.advance(0.5)
      expect(await storage.get(key)).toBeUndefined()
      expect(await storage.list(group)).toEqual([])
    },
  },
  {
    title: 'keeps an expiry that is not a whole second',
    async run(bench) {
      const { storage, key } = subject(bench)
      const expiresAt = bench.clock.now() + 1.75
      await storage.set(key, { value: 1, expiresAt })
      bench.clock.advance(1.5)
      expect(await storage.get(key)).toMatchObject({ expiresAt })
      bench.clock.advance(0.25)
      expect(await storage.get(key)).toBeUndefined()
    },
  },
  {
    title: 'refuses an expiry that is no time, and keeps what was there',
    async run(bench) {
      const { storage, key } = subject(bench)
      await storage.set(key, { value: 'before' })
      for (const expiresAt of [Number.NaN, Infinity, -Infinity]) {
        const written = storage.set(key, { value: 'after', expiresAt })
        await expect(written).rejects.toThrow('expiresAt must be Unix seconds')
        expect(await storage.get(key)).toMatchObject({ value: 'before' })
      }
      expect(await storage.set(key, { value: 'after', expiresAt: bench.clock.now() + 30 })).toBe(true)
    },
  },
  {
    title: 'does not take an expired record',
    async run(bench) {
      const { storage, key } = await expired(bench)
      expect(await storage.take(key)).toBeUndefined()
    },
  },
  {
    title: 'sets with "absent" over an expired record',
    async run(bench) {
      const { storage, key, group } = await expired(bench)
      expect(await storage.set(key, { value: 'new' }, 'absent')).toBe(true)
      expect(await storage.get(key)).toMatchObject({ value: 'new' })
      expect(await storage.list(group)).toEqual([])
    },
  },
  {
    title: 'refuses the version of an expired record',
    async run(bench) {
      const { storage, key, version } = await expired(bench)
      expect(await storage.set(key, { value: 'new' }, { version })).toBe(false)
      expect(await storage.get(key)).toBeUndefined()
    },
  },
  {
    title: 'is content to delete what has expired',
    async run(bench) {
      const { storage, key, group } = await expired(bench)
      await storage.delete(key)
      await storage.deleteGroup(group)
      expect(await storage.get(key)).toBeUndefined()
    },
  },
  {
    title: 'does not show a record that was set with an expiry in the past',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      await storage.set(key, { value: 'live', group })
      expect(await storage.set(key, { value: 'late', group, expiresAt: bench.clock.now() })).toBe(true)
      expect(await storage.get(key)).toBeUndefined()
      expect(await storage.list(group)).toEqual([])
      expect(await storage.set(key, { value: 'next' }, 'absent')).toBe(true)
    },
  },
  {
    title: 'extends and removes an expiry by a later write',
    async run(bench) {
      const { storage, key } = subject(bench)
      await storage.set(key, { value: 1, expiresAt: bench.clock.now() + 10 })
      await storage.set(key, { value: 2, expiresAt: bench.clock.now() + 20 })
      bench.clock.advance(15)
      expect(await storage.get(key)).toMatchObject({ value: 2 })
      await storage.set(key, { value: 3 })
      bench.clock.advance(1_000_000)
      expect(await storage.get(key)).toMatchObject({ value: 3 })
    },
  },
  {
    title: 'removes long expired records while others are written, and loses none that live',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      const later = ['check', bench.unique('later')] as const
      await storage.set(key, { value: 'for ever', group })
      await storage.set(later, { value: 'long', group, expiresAt: bench.clock.now() + 200_000 })
      await fill(storage, bench, 200, bench.clock.now() + 5)
      bench.clock.advance(100_000)
      await fill(storage, bench, 200)
      expect(await storage.get(key)).toMatchObject({ value: 'for ever' })
      expect(await storage.get(later)).toMatchObject({ value: 'long' })
      expect(await storage.list(group)).toHaveLength(2)
    },
  },
]
