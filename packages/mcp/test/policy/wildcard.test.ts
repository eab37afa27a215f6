import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { wildcard } from '../../src/policy/wildcard.ts'

describe('a pattern', () => {
  it.each([
    ['read_*', 'read_', true],
    ['read_*', 'read', false],
    ['*_item', 'read_item', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a*a', 'a', false],
    ['*', '', true],
    ['.+', 'aa', false],
    ['a?c', 'abc', false],
  ])('%j and %j: %j', (pattern, text, matches) => {
    expect(wildcard(pattern)(text)).toBe(matches)
  })

  it('says what the regular expression of the same meaning says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.') })
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        const source = pattern.split('*').map((piece) => piece.replaceAll('.', '\\.'))
        expect(wildcard(pattern)(subject)).toBe(new RegExp(`^${source.join('.*')}$`, 's').test(subject))
      }),
    )
  })

  it('takes no longer than a long text deserves', () => {
    expect(wildcard(`${'a*'.repeat(50)}c`)('a'.repeat(100_000))).toBe(false)
  })
})
