import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { generateKey, openKeyringFile, writeKeyringFile } from '../src/keyring-file.ts'
import { oneRouteFiles } from './one-route-files.ts'
import { run } from './run.ts'
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

it('replaces keys by a file that its owner alone can read, whatever an interrupted rotation left behind', () => {
  const file = join(temporaryDirectory(), 'portico.keys')
  openKeyringFile(file)
  writeFileSync(`${file}.new`, 'half', { mode: 0o644 })
  writeKeyringFile(file, ['new', 'old'])
  expect(openKeyringFile(file).keys).toEqual(['new', 'old'])
  expect(statSync(file).mode & 0o077).toBe(0)
})

it('starts no gateway with an empty file, and names it', async () => {
  const directory = temporaryDirectory({ ...oneRouteFiles(), 'data/portico.keys': '' })
  expect(await run(['serve'], { directory })).toMatchObject({
    code: 1,
    errors: expect.stringContaining('PORTICO_KEYS: data/portico.keys is empty: restore it from a backup'),
  })
})
