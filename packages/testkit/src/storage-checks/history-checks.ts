import type { Key, Storage } from '@portico/storage'
import * as fc from 'fast-check'
import { expect } from 'vitest'

import { linearization } from './linearization.ts'
import type { Call, Result } from './linearization.ts'
import { subject } from './storage-check.ts'
import type { StorageCheck } from './storage-check.ts'

const calls: readonly Call[] = [
  { verb: 'get' },
  { verb: 'set' },
  { verb: 'set', when: 'absent' },
  { verb: 'set', when: 'seen' },
  { verb: 'take' },
  { verb: 'delete' },
  { verb: 'list' },
  { verb: 'deleteGroup' },
]

/** Makes the calls of one caller one after the other, and tells what came of each. */
function caller(storage: Storage, key: Key, group: string, nextValue: () => number) {
  let seen = { value: -1, version: -1 }
  const read = (record: Awaited<ReturnType<Storage['get']>>): Result => {
    if (record === undefined) return { holds: undefined }
    seen = { value: Number(record.value), version: record.version }
    return { holds: seen.value }
  }
  return async ({ verb, when }: Call): Promise<Result> => {
    switch (verb) {
      case 'get':
        return read(await storage.get(key))
      case 'take':
        return read(await storage.take(key))
      case 'list':
        return read((await storage.list(group))[0])
      case 'delete':
        await storage.delete(key)
        return {}
      case 'deleteGroup':
        await storage.deleteGroup(group)
        return {}
      case 'set': {
        const value = nextValue()
        const { value: expected, version } = seen
        const condition = when === 'seen' ? { version } : when
        const written = await storage.set(key, { value, group }, condition)
        return { written, wrote: value, ...(when === 'seen' && { expected }) }
      }
    }
  }
}

/** Any mixture of concurrent calls has to look as if they had happened one after the other. */
export const historyChecks: readonly StorageCheck[] = [
  {
    title: 'answers concurrent calls as if they had come one after the other (linearizability)',
    async run(bench) {
      const script = fc.array(fc.constantFrom(...calls), { minLength: 1, maxLength: 6 })
      const scripts = fc.array(script, { minLength: 2, maxLength: 4 })
      const property = fc.asyncProperty(scripts, async (scripts) => {
        const { key, group } = subject(bench)
        let time = 0
        let value = 0
        const histories = await Promise.all(
          scripts.map(async (script, index) => {
            const handle = bench.handles[index % bench.handles.length] ?? bench.handles[0]
            const act = caller(handle, key, group, () => ++value)
            const history = []
            for (const call of script) {
              const startedAt = ++time
              const result = await act(call)
              history.push({ call, result, startedAt, endedAt: ++time })
            }
            return history
          }),
        )
        const order = linearization(histories) ?? `none explains ${JSON.stringify(histories)}`
        expect(order).toBeInstanceOf(Array)
      })
      await fc.assert(property, { numRuns: 100 })
    },
  },
]
