import { expect, it } from 'vitest'

import { localOrigin } from '../src/local-origin.ts'

it.each([
  [80, 'http://localhost'],
  [443, 'http://localhost:443'],
  [9000, 'http://localhost:9000'],
])('the address of port %i is as browsers write it', (port, origin) => {
  expect(localOrigin(port)).toBe(origin)
})
