import { expect, it } from 'vitest'

import { projectImporter } from '../src/project-importer.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const module = (name: string) => `export const where = '${name}'\n`
const installed = (exports: unknown) => ({
  'node_modules/@acme/idp/package.json': { name: '@acme/idp', type: 'module', exports },
  'node_modules/@acme/idp/dist/index.js': module('project'),
})

it.each([
  ['for both', { '.': './dist/index.js' }],
  ['for both, in short', './dist/index.js'],
  ['for import alone', { '.': { types: './dist/index.d.ts', import: './dist/index.js' } }],
  ['for import below node', { '.': { node: { import: './dist/index.js' } } }],
])('loads a package of the project that has exports %s', async (_kind, exports) => {
  const load = projectImporter(temporaryDirectory(installed(exports)))
  expect(await load('@acme/idp')).toMatchObject({ where: 'project' })
})

it('prefers the package of the project over the one that comes with the command line', async () => {
  const directory = temporaryDirectory({
    'node_modules/@portico/logto/package.json': {
      name: '@portico/logto',
      type: 'module',
      exports: './index.js',
    },
    'node_modules/@portico/logto/index.js': module('project'),
  })
  expect(await projectImporter(directory)('@portico/logto')).toMatchObject({ where: 'project' })
  expect(await projectImporter(temporaryDirectory())('@portico/logto')).toHaveProperty('logto')
})

it('loads a file below the directory', async () => {
  const load = projectImporter(temporaryDirectory({ 'acme.mjs': module('file') }))
  expect(await load('./acme.mjs')).toMatchObject({ where: 'file' })
})

it('fails with the name of a package that is nowhere', async () => {
  const load = projectImporter(temporaryDirectory())
  await expect(load('@acme/nowhere')).rejects.toThrow("'@acme/nowhere'")
})
