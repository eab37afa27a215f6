import { describe, expect, it } from 'vitest'

import { keyText, parseStored, StorageUnavailableError } from '../src/index.ts'

const row = { key: '["code","c1"]', value: '{"a":1}', version: 7, group: null, expiresAt: null }

describe('parseStored', () => {
  it('reads a row, whatever the driver makes of large integers', () => {
    const stored = { key: ['code', 'c1'], value: { a: 1 }, version: 7 }
    expect(parseStored(row)).toEqual(stored)
    expect(parseStored({ ...row, version: 7n })).toEqual(stored)
    expect(parseStored({ ...row, version: '7' })).toEqual(stored)
  })

  it('gives back the key that keyText wrote, and no two keys alike', () => {
    for (const key of [
      ['code', 'a'],
      ['code', 'a","b'],
      ['code","a', 'b'],
      ['code', '\u0000\ud800'],
    ] as const) {
      expect(parseStored({ ...row, key: keyText(key) }).key).toEqual(key)
    }
  })

  it('reads the group and the expiry when there are any', () => {
    expect(parseStored({ ...row, group: '""', expiresAt: '1.5' })).toMatchObject({
      group: '',
      expiresAt: 1.5,
    })
  })

  it('refuses a damaged row as unavailable and does not show what it holds', () => {
    const read = () => parseStored({ ...row, value: '{"sealed":"abc' })
    expect(read).toThrow(StorageUnavailableError)
    expect(read).not.toThrow(/abc/)
  })
})
