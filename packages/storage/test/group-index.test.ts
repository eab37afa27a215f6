import { describe, expect, it } from 'vitest'

import { type Grouped, GroupIndex } from '../src/group-index.ts'

interface Named extends Grouped {
  readonly name: string
}

const named = (name: string): Named => ({
  name,
  group: undefined,
  before: undefined,
  after: undefined,
})
const names = (index: GroupIndex<Named>, group: string) => index.members(group).map(({ name }) => name)

describe('GroupIndex', () => {
  it('lists what was added and not removed, wherever in the group it stood', () => {
    const [one, two, three, other] = ['one', 'two', 'three', 'other'].map(named) as [
      Named,
      Named,
      Named,
      Named,
    ]
    for (const removed of [one, two, three]) {
      const index = new GroupIndex<Named>()
      for (const member of [one, two, three]) index.add('a', member)
      index.add('b', other)
      index.remove(removed)
      expect(names(index, 'a').sort()).toEqual(
        ['one', 'two', 'three'].filter((name) => name !== removed.name).sort(),
      )
      index.add('a', removed)
      expect(names(index, 'a').sort()).toEqual(['one', 'three', 'two'])
      expect(names(index, 'b')).toEqual(['other'])
      for (const member of [two, three, one]) index.remove(member)
      expect(names(index, 'a')).toEqual([])
      expect(names(index, 'b')).toEqual(['other'])
    }
  })

  it('lets its members be removed while a list of them is gone through', () => {
    const index = new GroupIndex<Named>()
    for (const name of ['one', 'two', 'three']) index.add('a', named(name))
    for (const member of index.members('a')) index.remove(member)
    expect(names(index, 'a')).toEqual([])
  })
})
