import { createHmac } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { hmacText } from '../src/hmac.ts'

describe('HMAC', () => {
  it('is the published one: test case 2 of RFC 4231', () => {
    const key = new TextEncoder().encode('Jefe')
    expect(hmacText(key, 'what do ya want for nothing?')).toBe('W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM')
  })

  it('is what Node computes, for every key and text, and whatever was computed before', () => {
    const keys = Array.from({ length: 4 }, (_, index) => new Uint8Array(16 << index).fill(index + 1))
    const calls = fc.array(
      fc.record({
        key: fc.oneof(fc.constantFrom(...keys), fc.uint8Array({ minLength: 1, maxLength: 150 })),
        text: fc.string({ unit: 'binary', maxLength: 1000 }),
      }),
    )
    const same = fc.property(calls, (all) =>
      all.every(
        ({ key, text }) => hmacText(key, text) === createHmac('sha256', key).update(text).digest('base64url'),
      ),
    )
    expect(fc.check(same)).toMatchObject({ failed: false, counterexample: null })
  })
})
