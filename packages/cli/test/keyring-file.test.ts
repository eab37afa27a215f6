import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { generateKey, openKeyringFile } from '../src/keyring-file.ts'
import { temporaryDirectory } from './temporary-directory.ts'

it('makes keys of 32 random bytes', () => {
  const keys = [generateKey(), generateKey()]
  expect(new Set(keys).size).toBe(2)
  for (const key of keys) expect(Buffer.from(key, 'base64url')).toHaveLength(32)
})

it('creates the file once, readable by its owner alone, and reads it from then on', () => {
  const file = join(temporaryDirectory(), 'data', 'portico.keys')
  const first = openKeyringFile(file)
  expect(first).toEqual({ created: true, keys: [readFileSync(file, 'utf8').trim()] })
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(openKeyringFile(file)).toEqual({ created: false, keys: first.keys })
})

it('reads several keys, the newest first', () => {
  const file = join(temporaryDirectory({ 'portico.keys': 'new\nold\n' }), 'portico.keys')
  expect(openKeyringFile(file)).toEqual({ created: false, keys: ['new', 'old'] })
})
