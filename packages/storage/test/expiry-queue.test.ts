import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ExpiryQueue } from '../src/expiry-queue.ts'

interface Item {
  expiresAt: number | undefined
  minute: number
  place: number
}

const item = (expiresAt: number | undefined): Item => ({ expiresAt, minute: -1, place: -1 })

/** What the queue gives up to `time`, as a storage empties it. */
function drain(queue: ExpiryQueue<Item>, time: number): Item[] {
  const expired: Item[] = []
  for (let first = queue.first(time); first !== undefined; first = queue.first(time)) {
    if (first.expiresAt !== undefined && first.expiresAt <= time) {
      expired.push(first)
      queue.remove(first)
    } else {
      queue.postpone(first)
    }
  }
  return expired
}

describe('ExpiryQueue', () => {
  it('gives every item once when its minute is over, whatever was placed, moved and removed before', () => {
    const expiry = fc.option(fc.double({ min: 0, max: 3600, noNaN: true }), { nil: undefined })
    const step = fc.record({ index: fc.nat(19), expiresAt: expiry, removed: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.array(fc.nat(4000)), (steps, times) => {
        const queue = new ExpiryQueue<Item>()
        const items = Array.from({ length: 20 }, () => item(undefined))
        const queued = new Set<Item>()
        for (const { index, expiresAt, removed } of steps) {
          const chosen = items[index] ?? item(undefined)
          if (removed) {
            queue.remove(chosen)
            queued.delete(chosen)
          } else {
            chosen.expiresAt = expiresAt
            queue.place(chosen)
            if (expiresAt === undefined) queued.delete(chosen)
            else queued.add(chosen)
          }
        }
        for (const time of times) {
          const over = [...queued].filter(
            ({ expiresAt = Infinity }) => Math.ceil(expiresAt / 60) * 60 <= time,
          )
          expect(new Set(drain(queue, time))).toEqual(new Set(over))
          for (const expired of over) queued.delete(expired)
        }
      }),
    )
  })

  it('leaves an item where it is while it is only put off', () => {
    const queue = new ExpiryQueue<Item>()
    const used = item(100)
    queue.place(used)
    used.expiresAt = 1000
    queue.place(used)
    expect(queue.first(120)).toBe(used)
    queue.postpone(used)
    expect(queue.first(120)).toBeUndefined()
    expect(queue.first(1020)).toBe(used)
  })
})
