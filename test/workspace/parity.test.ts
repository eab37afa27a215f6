import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'

const page = readFileSync(join(workspaceRoot, 'docs/decisions/parity.md'), 'utf8')
const listed = [...page.matchAll(/^\| (R\d{3}) \|/gm)].map(([, item = '']) => item)
const items = Array.from({ length: 246 }, (_, index) => `R${String(index + 1).padStart(3, '0')}`)

/** Tests as code: titles, and the tables that titles are made of. */
const tests = globSync('{packages,apps,e2e,conformance}/**/*.test.ts', {
  cwd: workspaceRoot,
  exclude: (name) => ['node_modules', 'dist'].includes(name),
})
  .map((file) => readFileSync(join(workspaceRoot, file), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, ''))
  .join('\n')
const cited = (id: string): boolean => new RegExp(`['"\`][^'"\`\n]*\\b${id}\\b`).test(tests)

it('every item of the reference is either cited by the title of a test or listed in docs/decisions/parity.md', () => {
  const neither = items.filter((item) => !cited(item) && !listed.includes(item))
  expect({ neither }).toEqual({ neither: [] })
  expect(listed.filter((item, index) => listed.indexOf(item) !== index)).toEqual([])
})

it('every requirement that docs/decisions/parity.md names is cited by the title of a test', () => {
  const named = new Set(page.match(/\b(?:[A-Z]{2,6}-\d{2}|[A-J]\d{2})\b/g))
  expect([...named].filter((id) => !cited(id))).toEqual([])
})
