import { join } from 'node:path'

import { expect, it } from 'vitest'

import { withEnvironmentFiles } from '../src/environment-files.ts'
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
