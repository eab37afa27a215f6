import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'
import requirements from './protocol-requirements.json' with { type: 'json' }

/**
 * Ids that stand in a string of a test file: in a title, or in a row of a table that becomes one. Comments prove
 * nothing and do not count.
 */
const cited = new Set(
  globSync('{packages,e2e,test}/**/*.test.ts', {
    cwd: workspaceRoot,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  }).flatMap((file) => idsInStrings(readFileSync(join(workspaceRoot, file), 'utf8'))),
)

function idsInStrings(source: string): string[] {
  const code = source.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '')
  const strings = code.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)
  return [...strings].flatMap(([, , text = '']) => text.match(/\b[A-Z]+-\d{2}\b/g) ?? [])
}

describe('what MCP and the RFCs below it demand of authorization and resource servers', () => {
  it.each(Object.entries(requirements))('%s has a test that cites it: %s', (id) => {
    expect(cited).toContain(id)
  })

  it('is found in titles and rows of tables, and not in comments', () => {
    const source = [
      "it('ZZ-01 refuses', () => {})",
      "['ZZ-02 a row']",
      "// a test's title is ZZ-03's place",
    ].join('\n')
    expect(idsInStrings(source)).toEqual(['ZZ-01', 'ZZ-02'])
  })
})
