import { readTestedRuntimes } from '../../conformance/tested-runtimes.ts'
import type { Generator } from './generated-file.ts'
import { markdownTable } from './markdown-table.ts'
import { replaceSection } from './replace-section.ts'

/** What `pnpm conformance` has found on each runtime. */
export const runtimeTable: Generator = (read) => {
  const results = readTestedRuntimes()
  const revisions = [...new Set(results.flatMap(({ server }) => Object.keys(server)))]
  const table = markdownTable(
    ['Runtime', 'Version', ...revisions.map((revision) => `MCP ${revision}`), 'Authorization server'],
    results.map(({ title, version, server, authorizationServer }) => [
      title,
      version,
      ...revisions.map((revision) => String(server[revision] ?? 0)),
      String(authorizationServer),
    ]),
  )
  return [
    { path: 'docs/runtimes.md', content: replaceSection(read('docs/runtimes.md'), 'tested-runtimes', table) },
  ]
}
