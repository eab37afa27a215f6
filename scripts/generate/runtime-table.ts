import { threatSections } from '../../conformance/attacks/threats/index.ts'
import { readTestedRuntimes } from '../../conformance/tested-runtimes.ts'
import { publicEntries } from '../public-entries.ts'
import type { Generator } from './generated-file.ts'
import { markdownTable } from './markdown-table.ts'
import { replaceSection } from './replace-section.ts'

/** What `pnpm conformance` has found on each runtime. */
export const runtimeTable: Generator = (read) => {
  const results = readTestedRuntimes()
  const revisions = [...new Set(results.flatMap(({ server }) => Object.keys(server)))]
  const lines = threatSections.flatMap(({ threats }) => threats).length
  const table = markdownTable(
    [
      'Runtime',
      'Version',
      ...revisions.map((revision) => `MCP ${revision}`),
      'Authorization server',
      'Attack list',
    ],
    results.map(({ title, version, server, authorizationServer }) => [
      title,
      version,
      ...revisions.map((revision) => String(server[revision] ?? 0)),
      String(authorizationServer),
      // A runtime on which one line does not hold, or no test shows that it does, fails the check.
      `all ${lines} lines`,
    ]),
  )
  const page = replaceSection(read('docs/runtimes.md'), 'tested-runtimes', table)
  return [{ path: 'docs/runtimes.md', content: replaceSection(page, 'entries', entryTable()) }]
}

/** Where each entry of the published libraries works, entries that work in the same places together. */
function entryTable(): string {
  const byRuntimes = Map.groupBy(publicEntries(), ({ runtimes }) => runtimes.join(', '))
  return markdownTable(
    ['Works on', 'Import'],
    [...byRuntimes].map(([runtimes, entries]) => [
      runtimes,
      entries.map(({ specifier }) => `\`${specifier}\``).join(', '),
    ]),
  )
}
