import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'

const read = (file: string): string => readFileSync(join(workspaceRoot, file), 'utf8')
const page = read('docs/requirements.md')
const listed = [...page.matchAll(/^\| ([A-Z]+-\d{2}) +\|/gm)].map(([, id = '']) => id)
/** An id of a requirement: not an encoding, nor one of the examples below. */
const idPattern = /\b(?!UTF|ZZ)[A-Z]{2,8}-\d{2}\b/g

const files = execFileSync('git', ['ls-files', '*.ts', '*.md'], { cwd: workspaceRoot, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(workspaceRoot, file)))

/** Ids in the strings of a test file: titles, and rows of tables that become titles. Comments prove nothing. */
function idsInStrings(source: string): string[] {
  const code = source.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '')
  const strings = code.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)
  return [...strings].flatMap(([, , text = '']) => text.match(/\b[A-Z]+-\d{2}\b/g) ?? [])
}

const proven = new Set(
  files.filter((file) => file.endsWith('.test.ts')).flatMap((file) => idsInStrings(read(file))),
)

describe('docs/requirements.md', () => {
  it.each(listed)('has a test whose title cites %s', (id) => {
    expect(proven).toContain(id)
  })

  it('lists each id once', () => {
    expect(listed.filter((id, index) => listed.indexOf(id) !== index)).toEqual([])
  })

  it('lists every id that code, tests and documentation cite', () => {
    const unknown = files.flatMap((file) =>
      [...new Set(read(file).match(idPattern))]
        .filter((id) => !listed.includes(id))
        .map((id) => `${file} cites ${id}`),
    )
    expect(unknown).toEqual([])
  })
})

it('ids are found in titles and rows of tables, and not in comments', () => {
  const source = [
    "it('ZZ-01 refuses', () => {})",
    "['ZZ-02 a row']",
    "// a test's title is ZZ-03's place",
  ].join('\n')
  expect(idsInStrings(source)).toEqual(['ZZ-01', 'ZZ-02'])
})
