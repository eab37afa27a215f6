import type { Key } from '@portico/storage'
import * as fc from 'fast-check'
import { expect } from 'vitest'

import type { StorageCheck } from './storage-check.ts'

interface Modelled {
  readonly value: number
  readonly group: string | undefined
  readonly expiresAt: number | undefined
  readonly version: number
}

const slots = fc.constantFrom('0', '1', '2')
const groups = fc.constantFrom('left', 'right')
const steps = fc.oneof(
  fc.record({
    act: fc.constant('set' as const),
    slot: slots,
    group: fc.option(groups, { nil: undefined }),
    lifetime: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    when: fc.constantFrom(undefined, undefined, 'absent' as const, 'current' as const, 'first' as const),
  }),
  fc.record({ act: fc.constantFrom('get' as const, 'take' as const, 'delete' as const), slot: slots }),
  fc.record({ act: fc.constantFrom('list' as const, 'deleteGroup' as const), group: groups }),
  fc.record({ act: fc.constant('wait' as const), seconds: fc.constantFrom(0.5, 1, 3, 2000) }),
)

/** Any sequence of calls, compared step by step with the contract written as plainly as possible. */
export const modelChecks: readonly StorageCheck[] = [
  {
    title: 'agrees with a plain model of the contract in any sequence of calls',
    async run({ handles, clock, unique }) {
      const property = fc.asyncProperty(
        fc.array(steps, { minLength: 5, maxLength: 40 }),
        async (sequence) => {
          const scope = unique('model')
          const keyOf = (slot: string): Key => ['model', `${scope}/${slot}`]
          const groupOf = (name: string): string => `${scope}/${name}`
          const model = new Map<string, Modelled>()
          const firstVersions = new Map<string, number>()
          const lastVersions = new Map<string, number>()
          const live = (slot: string): Modelled | undefined => {
            const record = model.get(slot)
            return (record?.expiresAt ?? Infinity) <= clock.now() ? undefined : record
          }
          const shown = (slot: string) => {
            const record = live(slot)
            return record && { key: keyOf(slot), ...record }
          }
          const members = (group: string) => [...model.keys()].filter((slot) => live(slot)?.group === group)

          for (const [index, step] of sequence.entries()) {
            const storage = handles[index % handles.length] ?? handles[0]
            switch (step.act) {
              case 'wait':
                clock.advance(step.seconds)
                break
              case 'get':
                expect(await storage.get(keyOf(step.slot))).toEqual(shown(step.slot))
                break
              case 'take':
                expect(await storage.take(keyOf(step.slot))).toEqual(shown(step.slot))
                model.delete(step.slot)
                break
              case 'delete':
                await storage.delete(keyOf(step.slot))
                model.delete(step.slot)
                break
              case 'list': {
                const listed = await storage.list(groupOf(step.group))
                const expected = members(groupOf(step.group)).map((slot) => shown(slot))
                expect([...listed].sort(byId)).toEqual(expected.sort(byId))
                break
              }
              case 'deleteGroup':
                await storage.deleteGroup(groupOf(step.group))
                for (const slot of members(groupOf(step.group))) model.delete(slot)
                break
              case 'set': {
                const { slot, lifetime, when } = step
                const group = step.group && groupOf(step.group)
                const expiresAt = lifetime === undefined ? undefined : clock.now() + lifetime
                const before = live(slot)
                const named = when === 'current' ? before?.version : firstVersions.get(slot)
                const version = named ?? 0
                const condition = when === 'current' || when === 'first' ? { version } : when
                const allowed =
                  when === undefined ||
                  (when === 'absent' ? before === undefined : before?.version === version)
                const entry = { value: index, group, expiresAt }
                expect(await storage.set(keyOf(slot), entry, condition)).toBe(allowed)
                if (!allowed) break
                const written = await storage.get(keyOf(slot))
                // A record that was written with an expiry in the past is never shown: its version stays unknown.
                const current = written?.version ?? Number.NaN
                if (written !== undefined) {
                  expect(current).toBeGreaterThan(lastVersions.get(slot) ?? 0)
                  lastVersions.set(slot, current)
                  if (!firstVersions.has(slot)) firstVersions.set(slot, current)
                }
                model.set(slot, { ...entry, version: current })
                break
              }
            }
          }
        },
      )
      await fc.assert(property, { numRuns: 60 })
    },
  },
]

function byId(a: { key: Key } | undefined, b: { key: Key } | undefined): number {
  return (a?.key[1] ?? '') < (b?.key[1] ?? '') ? -1 : 1
}
