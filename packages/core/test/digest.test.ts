import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { equalInConstantTime } from '../src/digest.ts'
import * as node from '../src/node-digest.ts'
import * as portable from '../src/portable-digest.ts'
import { createRandomText } from '../src/random-text.ts'

describe('digests', () => {
  it('are the published ones: SHA-256 of "abc" (FIPS 180-2)', () => {
    for (const { sha256Text } of [node, portable])
      expect(sha256Text('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  })

  it('derive the key that RFC 5869 publishes for no salt (appendix A.3), as far as they go', () => {
    for (const { deriveKey } of [node, portable]) {
      const key = deriveKey(new Uint8Array(22).fill(0x0b), '')
      expect(Buffer.from(key).toString('hex')).toBe(
        '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d',
      )
    }
  })

  it('are the same in every runtime', () => {
    const same = fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.string({ unit: 'binary' }),
      (key, text) =>
        node.base64urlText(key.subarray(1)) === portable.base64urlText(key.subarray(1)) &&
        node.sha256Text(text) === portable.sha256Text(text) &&
        Buffer.compare(node.deriveKey(key, text), portable.deriveKey(key, text)) === 0,
    )
    expect(fc.check(same)).toMatchObject({ failed: false, counterexample: null })
  }, 120_000)
})

describe('comparing', () => {
  it('finds what === finds', () => {
    const pair = fc.oneof(
      fc.tuple(fc.string(), fc.string()),
      fc.string().map((text): [string, string] => [text, text]),
    )
    const same = fc.property(pair, ([a, b]) => equalInConstantTime(a, b) === (a === b))
    expect(fc.check(same)).toMatchObject({ failed: false, counterexample: null })
  })
})

describe('random text', () => {
  it('AS-71 has 256 bits and never comes twice, over many draws', () => {
    const random = createRandomText()
    const texts = Array.from({ length: 1000 }, random)
    expect(new Set(texts).size).toBe(1000)
    expect(texts.every((text) => /^[\w-]{43}$/.test(text))).toBe(true)
    expect(texts).not.toContain('A'.repeat(43))
  })
})
