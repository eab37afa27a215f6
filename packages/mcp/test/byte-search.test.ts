import { array, assert as check, constantFrom, property } from 'fast-check'
import { expect, it } from 'vitest'

import { byteSearch } from '../src/byte-search.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

it('finds each of the texts wherever it stands, and nothing else', () => {
  const find = byteSearch(['"result', '"taskId'])
  const piece = constantFrom('"', '"result', '"resul', 'esult', '"taskId', '"task', 'Id', 't', 'ü', ' ', '"r')
  check(
    property(array(piece), (pieces) => {
      const text = pieces.join('')
      expect(find(bytes(text))).toBe(text.includes('"result') || text.includes('"taskId'))
    }),
    { numRuns: 2_000 },
  )
})

it('refuses texts of different lengths', () => {
  expect(byteSearch(['ab', 'bc'])(bytes('abc'))).toBe(true)
  expect(() => byteSearch(['ab', 'abc'])).toThrow('one length')
  expect(() => byteSearch([''])).toThrow('not 0')
})
