import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { withEnvironmentFiles } from '../src/environment-files.ts'
import { oneRouteFiles } from './one-route-files.ts'
import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

it('completes the environment by the files in and beside the configuration directory, the nearest winning', () => {
  const directory = temporaryDirectory({
    '.env': 'A=beside\nB=beside\nC=beside\n# a comment\nD="two words"\n',
    'config/.env': 'A=inside\nB=inside\n',
  })
  expect(withEnvironmentFiles({ A: 'process' }, directory, 'config')).toEqual({
    A: 'process',
    B: 'inside',
    C: 'beside',
    D: 'two words',
  })
})

it('needs neither file', () => {
  expect(withEnvironmentFiles({ A: 'process' }, join(temporaryDirectory(), 'nothing'), 'config')).toEqual({
    A: 'process',
  })
})

it('knows every variable of a file that begins with a byte order mark, and has lines as Windows writes them', () => {
  const directory = temporaryDirectory({ '.env': '\u{feff}A=first\r\nB=second\r\n' })
  expect(withEnvironmentFiles({}, directory, 'config')).toEqual({ A: 'first', B: 'second' })
})

it('reads configuration files that begin with a byte order mark', async () => {
  const files = Object.entries(oneRouteFiles()).map(([name, content]) => [
    name,
    `\u{feff}${typeof content === 'string' ? content : JSON.stringify(content)}`,
  ])
  const directory = temporaryDirectory(Object.fromEntries(files) as Record<string, string>)
  expect(await run(['config', 'check'], { directory })).toMatchObject({ code: 0 })
})

it.each([
  ['.env', 'a directory', (file: string): void => mkdirSync(file), 'cannot be read (EISDIR)'],
  [
    'config/.env',
    'in UTF-16',
    (file: string): void => writeFileSync(file, '\u{feff}A=1', 'utf16le'),
    'is not in UTF-8: save it in this encoding.',
  ],
  ['config/pins.json', 'a directory', (file: string): void => mkdirSync(file), 'cannot be read (EISDIR)'],
] as const)('says in a sentence that %s is %s', async (name, _what, make, message) => {
  const directory = temporaryDirectory(oneRouteFiles())
  make(join(directory, name))
  expect(await run(['serve'], { directory })).toEqual({
    code: 1,
    output: '',
    errors: expect.stringContaining(`${name}: ${message}`),
  })
})
