import { setImmediate as turn } from 'node:timers/promises'

import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import type { Key, Storage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { manualClock, storageChecks, uniqueNames } from '../src/describe-storage.ts'
import { failureChecks } from '../src/storage-checks/failure-checks.ts'
import { linearization } from '../src/storage-checks/linearization.ts'

type Fault = (sound: Storage, now: () => number) => Partial<Storage>

const joined = ([kind, id]: Key): Key => ['all', `${kind}:${id}`]

/** One thing wrong each, as real adapters get it wrong. */
const faults: Record<string, { fault: Fault; caughtBy: string }> = {
  'take reads first and deletes then': {
    fault: (sound) => ({
      take: async (key) => {
        const record = await sound.get(key)
        await turn()
        await sound.delete(key)
        return record
      },
    }),
    caughtBy: 'gives a record to exactly one of many concurrent takers',
  },
  'set with "absent" looks first and writes then': {
    fault: (sound) => ({
      set: async (key, entry, when) => {
        if (when !== 'absent') return sound.set(key, entry, when)
        if ((await sound.get(key)) !== undefined) return false
        await turn()
        return sound.set(key, entry)
      },
    }),
    caughtBy: 'lets exactly one of many concurrent callers set with "absent"',
  },
  'set with a version looks first and writes then': {
    fault: (sound) => ({
      set: async (key, entry, when) => {
        if (typeof when !== 'object') return sound.set(key, entry, when)
        if ((await sound.get(key))?.version !== when.version) return false
        await turn()
        return sound.set(key, entry)
      },
    }),
    caughtBy: 'loses no update of callers that read, change and set with the version read',
  },
  'set ignores the version': {
    fault: (sound) => ({
      set: (key, entry, when) => sound.set(key, entry, when === 'absent' ? when : undefined),
    }),
    caughtBy: 'sets with a version only when the record is still that one',
  },
  'set takes an expiry that is no time for none': {
    fault: (sound) => ({
      set: (key, { expiresAt, ...entry }, when) =>
        sound.set(key, Number.isFinite(expiresAt) ? { ...entry, expiresAt } : entry, when),
    }),
    caughtBy: 'refuses an expiry that is no time, and keeps what was there',
  },
  'set keeps the earlier expiry': {
    fault: (sound) => ({
      set: async (key, entry, when) => {
        const expiresAt = (await sound.get(key))?.expiresAt ?? entry.expiresAt
        return sound.set(key, { ...entry, expiresAt }, when)
      },
    }),
    caughtBy: 'extends and removes an expiry by a later write',
  },
  'expiry rounds down': {
    fault: (sound) => ({
      set: (key, entry, when) =>
        sound.set(
          key,
          { ...entry, ...(entry.expiresAt !== undefined && { expiresAt: Math.floor(entry.expiresAt) }) },
          when,
        ),
    }),
    caughtBy: 'keeps an expiry that is not a whole second',
  },
  'list shows expired records': {
    fault: (sound, now) => {
      const shadow = memoryStorage({ now: () => 0 })
      return {
        set: async (key, entry, when) => {
          const written = await sound.set(key, entry, when)
          if (written && (entry.expiresAt ?? Infinity) > now()) await shadow.set(key, entry)
          return written
        },
        list: (group) => shadow.list(group),
      }
    },
    caughtBy: 'shows a record until the very second of its expiry',
  },
  'deleteGroup forgets all but the first hundred': {
    fault: (sound) => ({
      deleteGroup: async (group) => {
        const members = await sound.list(group)
        for (const { key } of members.slice(0, 100)) await sound.delete(key)
      },
    }),
    caughtBy: 'deletes every record of a group and none besides',
  },
  'keys are joined with a colon': {
    fault: (sound) => ({
      get: async (key) => {
        const record = await sound.get(joined(key))
        return record && { ...record, key }
      },
      set: (key, entry, when) => sound.set(joined(key), entry, when),
      take: async (key) => {
        const record = await sound.take(joined(key))
        return record && { ...record, key }
      },
    }),
    caughtBy: 'tells apart keys that look alike',
  },
  'a key ends at its NUL': {
    fault: (sound) => {
      const cut = ([kind, id]: Key): Key => [kind, id.split('\0')[0] ?? '']
      return {
        get: (key) => sound.get(cut(key)),
        set: (key, entry, when) => sound.set(cut(key), entry, when),
      }
    },
    caughtBy: 'tells apart keys that look alike',
  },
  'unpaired surrogates become U+FFFD': {
    fault: (sound) => ({ set: (key, entry, when) => sound.set(wellFormed(key), entry, when) }),
    caughtBy: 'tells apart keys that look alike',
  },
  'versions begin anew after a delete': {
    fault: (sound) => {
      const counts = new Map<string, number>()
      const numbered = async (key: Key) => {
        const record = await sound.get(key)
        return record && { ...record, version: counts.get(key.join('\n')) ?? 0 }
      }
      return {
        get: numbered,
        set: async (key, entry, when) => {
          if (typeof when === 'object' && (await numbered(key))?.version !== when.version) return false
          const written = await sound.set(key, entry, when === 'absent' ? when : undefined)
          if (written) counts.set(key.join('\n'), (counts.get(key.join('\n')) ?? 0) + 1)
          return written
        },
        delete: async (key) => {
          counts.delete(key.join('\n'))
          await sound.delete(key)
        },
      }
    },
    caughtBy: 'gives every write of a key a higher version, also after delete, take, deleteGroup and expiry',
  },
  'a read may be served from a stale cache': {
    fault: (sound) => {
      const cache = new Map<string, Awaited<ReturnType<Storage['get']>>>()
      return {
        get: async (key) => {
          const cached = cache.get(key.join('\n'))
          cache.set(key.join('\n'), await sound.get(key))
          return cached ?? sound.get(key)
        },
      }
    },
    caughtBy: 'answers concurrent calls as if they had come one after the other (linearizability)',
  },
  'a write is acknowledged before it is done': {
    fault: (sound) => ({
      delete: (key) => {
        setImmediate(() => void sound.delete(key))
        return Promise.resolve()
      },
    }),
    caughtBy: 'answers concurrent calls as if they had come one after the other (linearizability)',
  },
}

function wellFormed([kind, id]: Key): Key {
  return [kind.toWellFormed(), id.toWellFormed()]
}

async function failedChecks(fault: Fault): Promise<string[]> {
  const clock = manualClock()
  const sound = memoryStorage({ now: clock.now })
  const storage: Storage = { ...sound, ...fault(sound, clock.now) }
  const failed: string[] = []
  for (const { title, run } of Object.values(storageChecks).flat()) {
    await run({ handles: [storage], clock, unique: uniqueNames() }).catch(() => failed.push(title))
  }
  return failed
}

describe('the storage kit', () => {
  it('finds nothing wrong with a sound storage', async () => {
    expect(await failedChecks(() => ({}))).toEqual([])
  })

  for (const [name, { fault, caughtBy }] of Object.entries(faults)) {
    it(`catches a storage where ${name}`, async () => {
      expect(await failedChecks(fault)).toContain(caughtBy)
    })
  }

  it('catches a storage that answers "not found" when it cannot be reached', async () => {
    for (const { run } of failureChecks) await expect(run(memoryStorage())).rejects.toThrow(/answered/)
  })

  it('accepts StorageUnavailableError with a cause, and none without or with the record in its message', async () => {
    const failing = (error: Error): Storage => {
      const fail = async (): Promise<never> => {
        throw error
      }
      return { get: fail, set: fail, take: fail, delete: fail, list: fail, deleteGroup: fail }
    }
    const cause = new Error('connection refused')
    for (const { run } of failureChecks) {
      await run(failing(new StorageUnavailableError('No answer', { cause })))
      await expect(run(failing(new StorageUnavailableError('No answer')))).rejects.toThrow(/to match object/)
      await expect(run(failing(cause))).rejects.toThrow(/StorageUnavailableError/)
      const telling = new StorageUnavailableError('No answer for canary-of-a-sealed-token', { cause })
      await expect(run(failing(telling))).rejects.toThrow(/canary/)
    }
  })
})

describe('linearization', () => {
  const set = {
    call: { verb: 'set' },
    result: { written: true, wrote: 1 },
    startedAt: 1,
    endedAt: 4,
  } as const
  const get = (holds: number | undefined, startedAt: number, endedAt: number) =>
    ({ call: { verb: 'get' }, result: { holds }, startedAt, endedAt }) as const

  it('finds an order for reads that overlap a write, old before new', () => {
    expect(linearization([[set], [get(undefined, 2, 3), get(1, 5, 6)]])).toEqual([
      get(undefined, 2, 3),
      set,
      get(1, 5, 6),
    ])
  })

  it('finds none when the new value is seen and then the old one', () => {
    expect(linearization([[set], [get(1, 2, 3), get(undefined, 5, 6)]])).toBeUndefined()
  })

  it('finds none when a read does not see a write that had ended before it started', () => {
    expect(linearization([[set], [get(undefined, 5, 6)]])).toBeUndefined()
  })
})
