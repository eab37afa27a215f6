import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'

it('cites every known way to break a real client, COMPAT-01 to COMPAT-33, in the title of a test', () => {
  const patterns = ['packages/**/test/**/*.test.ts', 'conformance/**/*.test.ts', 'e2e/**/*.test.ts']
  const exclude = (name: string): boolean => name.includes('node_modules')
  const sources = globSync(patterns, { cwd: workspaceRoot, exclude }).map((file) =>
    readFileSync(join(workspaceRoot, file), 'utf8'),
  )
  const cited = new Set(sources.flatMap((source) => source.match(/COMPAT-\d\d/g) ?? []))
  const wanted = Array.from({ length: 33 }, (_, index) => `COMPAT-${String(index + 1).padStart(2, '0')}`)
  expect(wanted.filter((id) => !cited.has(id))).toEqual([])
})
