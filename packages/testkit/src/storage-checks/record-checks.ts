import { expect } from 'vitest'

import { subject } from './storage-check.ts'
import type { StorageCheck } from './storage-check.ts'

/** What each verb does when nobody else is there. */
export const recordChecks: readonly StorageCheck[] = [
  {
    title: 'gets what was set, with its key, version, group and expiry',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      const expiresAt = bench.clock.now() + 60
      expect(await storage.get(key)).toBeUndefined()
      expect(await storage.set(key, { value: { a: 1 }, group, expiresAt })).toBe(true)
      const stored = await storage.get(key)
      expect(stored).toEqual({ key, value: { a: 1 }, group, expiresAt, version: stored?.version })
      expect(stored?.version).toSatisfy(Number.isSafeInteger)
    },
  },
  {
    title: 'replaces the whole record: value, group and expiry',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      await storage.set(key, { value: 'first', group, expiresAt: bench.clock.now() + 60 })
      await storage.set(key, { value: 'second' })
      expect(await storage.list(group)).toEqual([])
      bench.clock.advance(60)
      const stored = await storage.get(key)
      expect(stored).toEqual({ key, value: 'second', version: stored?.version })
    },
  },
  {
    title: 'sets with "absent" only when there is no record',
    async run(bench) {
      const { storage, key } = subject(bench)
      expect(await storage.set(key, { value: 'first' }, 'absent')).toBe(true)
      expect(await storage.set(key, { value: 'second' }, 'absent')).toBe(false)
      expect((await storage.get(key))?.value).toBe('first')
      await storage.delete(key)
      expect(await storage.set(key, { value: 'third' }, 'absent')).toBe(true)
    },
  },
  {
    title: 'sets with a version only when the record is still that one',
    async run(bench) {
      const { storage, key } = subject(bench)
      await storage.set(key, { value: 'first' })
      const first = await storage.get(key)
      const when = { version: first?.version ?? Number.NaN }
      expect(await storage.set(key, { value: 'second' }, when)).toBe(true)
      expect(await storage.set(key, { value: 'third' }, when)).toBe(false)
      expect((await storage.get(key))?.value).toBe('second')
    },
  },
  {
    title: 'sets with no version that is none',
    async run(bench) {
      const { storage, key } = subject(bench)
      await storage.set(key, { value: 'kept' })
      for (const version of [0, -1, 0.5, Number.NaN, Infinity, -Infinity]) {
        expect(await storage.set(key, { value: 'lost' }, { version })).toBe(false)
      }
      expect((await storage.get(key))?.value).toBe('kept')
    },
  },
  {
    title: 'sets with a version never creates a record',
    async run(bench) {
      const { storage, key } = subject(bench)
      for (const version of [0, 1, -1, Number.NaN, Infinity]) {
        expect(await storage.set(key, { value: 1 }, { version })).toBe(false)
      }
      expect(await storage.get(key)).toBeUndefined()
    },
  },
  {
    title: 'changes nothing when a condition is not met',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      await storage.set(key, { value: 'kept', group, expiresAt: bench.clock.now() + 60 })
      const before = await storage.get(key)
      const other = { value: 'refused', group: bench.unique('other') }
      expect(await storage.set(key, other, 'absent')).toBe(false)
      expect(await storage.set(key, other, { version: (before?.version ?? 0) + 1 })).toBe(false)
      expect(await storage.get(key)).toEqual(before)
      expect(await storage.list(group)).toEqual([before])
      expect(await storage.list(other.group)).toEqual([])
    },
  },
  {
    title: 'gives every write of a key a higher version, also after delete, take, deleteGroup and expiry',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      const versions: number[] = []
      const write = async (): Promise<void> => {
        await storage.set(key, { value: 'same', group, expiresAt: bench.clock.now() + 10 })
        versions.push((await storage.get(key))?.version ?? Number.NaN)
      }
      await write()
      await write()
      await storage.delete(key)
      await write()
      await storage.take(key)
      await write()
      await storage.deleteGroup(group)
      await write()
      bench.clock.advance(10)
      await write()
      bench.clock.advance(1_000_000)
      await write()
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
      expect(versions).toHaveLength(7)
      for (const version of versions.slice(0, -1)) {
        expect(await storage.set(key, { value: 'stale' }, { version })).toBe(false)
      }
    },
  },
  {
    title: 'takes a record once',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      expect(await storage.take(key)).toBeUndefined()
      await storage.set(key, { value: ['code'], group })
      const stored = await storage.get(key)
      expect(await storage.take(key)).toEqual(stored)
      expect(await storage.take(key)).toBeUndefined()
      expect(await storage.get(key)).toBeUndefined()
      expect(await storage.list(group)).toEqual([])
    },
  },
  {
    title: 'deletes a record, and is content when there is none',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      await storage.set(key, { value: 1, group })
      await storage.delete(key)
      await storage.delete(key)
      expect(await storage.get(key)).toBeUndefined()
      expect(await storage.list(group)).toEqual([])
    },
  },
  {
    title: 'lists the records of a group and of no other',
    async run(bench) {
      const { storage, group } = subject(bench)
      const other = bench.unique('group')
      const ids = Array.from({ length: 250 }, () => bench.unique('member'))
      await Promise.all(ids.map((id) => storage.set(['check', id], { value: id, group })))
      await storage.set(['check', bench.unique('stranger')], { value: 'other', group: other })
      await storage.set(['check', bench.unique('loner')], { value: 'none' })
      const listed = await storage.list(group)
      expect(listed.map(({ key }) => key[1]).sort()).toEqual([...ids].sort())
      expect(listed.every(({ key, value, group: of }) => key[1] === value && of === group)).toBe(true)
      expect(await storage.list(other)).toHaveLength(1)
      expect(await storage.list(bench.unique('empty'))).toEqual([])
    },
  },
  {
    title: 'moves a record from its old group to its new one',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      const later = bench.unique('later')
      await storage.set(key, { value: 1, group })
      await storage.set(key, { value: 2, group: later })
      expect(await storage.list(group)).toEqual([])
      expect(await storage.list(later)).toEqual([await storage.get(key)])
      await storage.deleteGroup(group)
      expect((await storage.get(key))?.value).toBe(2)
      await storage.deleteGroup(later)
      expect(await storage.get(key)).toBeUndefined()
    },
  },
  {
    title: 'deletes every record of a group and none besides',
    async run(bench) {
      const { storage, group } = subject(bench)
      const other = bench.unique('group')
      const ids = Array.from({ length: 250 }, () => bench.unique('member'))
      await Promise.all(ids.map((id) => storage.set(['check', id], { value: id, group })))
      const stranger = ['check', bench.unique('stranger')] as const
      const loner = ['check', bench.unique('loner')] as const
      await storage.set(stranger, { value: 'other', group: other })
      await storage.set(loner, { value: 'none' })
      await storage.deleteGroup(group)
      await storage.deleteGroup(group)
      expect(await storage.list(group)).toEqual([])
      const left = await Promise.all(ids.map((id) => storage.get(['check', id])))
      expect(left.filter((record) => record !== undefined)).toEqual([])
      expect((await storage.get(stranger))?.value).toBe('other')
      expect((await storage.get(loner))?.value).toBe('none')
    },
  },
]
