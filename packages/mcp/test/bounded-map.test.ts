import { describe, expect, it } from 'vitest'

import { BoundedMap } from '../src/bounded-map.ts'

describe('a bounded map', () => {
  it('forgets what was put into it first when it is full, and nothing when a value changes', () => {
    const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('a', 3)
    expect([...map]).toEqual([
      ['a', 3],
      ['b', 2],
    ])
    expect([...map.set('c', 4).keys()]).toEqual(['b', 'c'])
  })
})
