import { describe, expect, it } from 'vitest'

import { ExpiryQueue } from '../src/expiry-queue.ts'

describe('ExpiryQueue', () => {
  it('gives items in the order of their expiry, whatever was added and removed in between', () => {
    const queue = new ExpiryQueue<{ expiresAt: number; place: number }>()
    const items = Array.from({ length: 500 }, (_, index) => ({ expiresAt: (index * 7919) % 251, place: -1 }))
    for (const item of items) queue.add(item)
    const removed = items.filter((_, index) => index % 3 === 0)
    for (const item of removed) queue.remove(item)
    for (const item of removed) queue.remove(item)

    const order: number[] = []
    for (let item = queue.first(); item !== undefined; item = queue.first()) {
      order.push(item.expiresAt)
      queue.remove(item)
    }
    const expected = items.filter((_, index) => index % 3 !== 0).map(({ expiresAt }) => expiresAt)
    expect(order).toEqual(expected.sort((a, b) => a - b))
  })
})
