import { expect, it } from 'vitest'

import { durationClass } from '../../src/audit/duration-class.ts'

it.each([
  [0, 'under_100ms'],
  [99.9, 'under_100ms'],
  [100, 'under_1s'],
  [999, 'under_1s'],
  [1000, 'under_10s'],
  [9999, 'under_10s'],
  [10_000, 'under_1min'],
  [59_999, 'under_1min'],
  [60_000, 'over_1min'],
])('%d ms are %s', (ms, expected) => {
  expect(durationClass(ms)).toBe(expected)
})
