import { readFile } from 'node:fs/promises'

import { describe, expect, it } from 'vitest'

import { nodeProblem } from '../src/node-problem.ts'

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8')

describe('the Node that runs the command line', () => {
  it.each([
    [
      { node: '20.19.5' },
      'portico needs Node 22 or newer, and this is Node 20.19.5: install a newer one from https://nodejs.org.',
    ],
    [{ node: '22.0.0' }, undefined],
    [{ node: '24.1.0' }, undefined],
    [{ node: '20.19.5', bun: '1.3.0' }, undefined],
    [{ node: '20.19.5', deno: '2.5.0' }, undefined],
  ])('is refused in one line where it is too old: %j', async (versions, problem) => {
    const { engines } = JSON.parse(await read('../package.json')) as { engines: { node: string } }
    expect(nodeProblem(versions, engines.node)).toBe(problem)
  })

  it('is looked at before anything is loaded that it may not have', async () => {
    const main = await read('../src/main.ts')
    const loaded = [...main.matchAll(/^import .* from '(.*)'$/gm)].map(([, name]) => name)
    expect(loaded).toEqual(['node:module', './node-problem.ts'])
    expect(await read('../src/node-problem.ts')).not.toContain('import ')
  })
})
