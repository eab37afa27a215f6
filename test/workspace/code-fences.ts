import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'

/** A block of code in a Markdown page. */
export interface CodeFence {
  /** The page, relative to the workspace root. */
  readonly page: string
  /** Line of the first line of code. */
  readonly line: number
  /** What stands behind the opening backticks: `sh`, `ts fragment`; empty where nothing does. */
  readonly language: string
  readonly code: string
  /** What a comment right before the block declares for it: `<!-- given: … -->`. */
  readonly given: string
}

/** The Markdown pages that people write, relative to the workspace root. */
export function markdownPages(): string[] {
  return globSync('**/*.md', {
    cwd: workspaceRoot,
    exclude: (name) => ['node_modules', 'dist', 'content', '.changeset', 'CHANGELOG.md'].includes(name),
  }).sort()
}

/** The blocks of code of every page. */
export function codeFences(): CodeFence[] {
  return markdownPages().flatMap((page) => fencesOf(page, readFileSync(join(workspaceRoot, page), 'utf8')))
}

const fence =
  /(?:^<!-- given:(?<given>(?:(?!-->)[^])*)-->\n+)?^(?<open> *`{3,})(?<language>[^`\n]*)\n(?<code>[^]*?)^\k<open>$/gm

function fencesOf(page: string, text: string): CodeFence[] {
  return [...text.matchAll(fence)].map(({ 0: all, index, groups = {} }) => {
    const { given = '', language = '', code = '' } = groups
    const end = index + all.length
    const after = text.slice(0, end).split('\n').length
    return {
      page,
      line: after - (code.split('\n').length - 1),
      language: language.trim(),
      code,
      given: given.trim(),
    }
  })
}
