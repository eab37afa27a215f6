import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'

export interface CodeExample {
  /** The Markdown file, relative to the workspace root. */
  readonly page: string
  /** Line of the first line of code. */
  readonly line: number
  /** Declarations of what the code takes for granted. */
  readonly given: string
  readonly code: string
}

/**
 * The TypeScript blocks of every page. What a block takes for granted, a comment right before it declares for the
 * compiler: `<!-- given: declare const handler: (request: Request) => Response -->`. A block that shows a fragment says
 * so: ` ```ts fragment `.
 */
export function codeExamples(): CodeExample[] {
  return globSync(['*.md', 'docs/**/*.md', 'packages/**/*.md', 'apps/**/*.md'], {
    cwd: workspaceRoot,
    exclude: (name) => ['node_modules', 'dist', 'CHANGELOG.md'].includes(name),
  })
    .sort()
    .flatMap((page) => {
      const text = readFileSync(join(workspaceRoot, page), 'utf8')
      const blocks = text.matchAll(/(?:^<!-- given:((?:(?!-->)[^])*)-->\n+)?^```ts\n([^]*?)^```$/gm)
      return [...blocks].map((match) => {
        const [all, given = '', code = ''] = match
        const before = text.slice(0, match.index + all.indexOf('```ts'))
        return { page, line: before.split('\n').length + 1, given: given.trim(), code }
      })
    })
}
