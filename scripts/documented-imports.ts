import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { workspaceRoot } from './workspace-packages.ts'

export interface DocumentedImport {
  /** The Markdown file, relative to the workspace root. */
  readonly page: string
  /** What is imported from: `@portico/core`, `@portico/safe-fetch/node`. */
  readonly specifier: string
  readonly names: readonly string[]
}

const importStatement = /^\s*import (?:type )?\{([^}]*)\} from '(@portico\/[^']+|portico(?:\/[^']+)?)'/gm

/** The imports from packages of this workspace in the code blocks of every Markdown page. */
export function documentedImports(): DocumentedImport[] {
  return globSync('**/*.md', {
    cwd: workspaceRoot,
    exclude: (name) => ['node_modules', 'dist', 'CHANGELOG.md'].includes(name),
  }).flatMap((page) => {
    const text = readFileSync(join(workspaceRoot, page), 'utf8')
    return [...text.matchAll(importStatement)].map(([, list = '', specifier = '']) => ({
      page,
      specifier,
      names: list
        .split(',')
        .map((name) =>
          name
            .trim()
            .replace(/^type /, '')
            .replace(/ as .*$/, ''),
        )
        .filter((name) => name !== ''),
    }))
  })
}
