import type { Environment } from '@portico/gateway'

import { visibleText } from './visible-text.ts'

/** What a command sees of the process it runs in. */
export interface Host {
  readonly version: string
  readonly environment: Environment
  /** The working directory: relative paths are resolved against it. */
  readonly directory: string
  /** Standard output: results, and nothing else. */
  readonly write: (text: string) => void
  /** Standard error: problems and warnings, one per line. */
  readonly writeError: (text: string) => void
  /** Standard output is read by a person. */
  readonly isTerminal: boolean
  /** Resolves when the process is asked to end: for commands that run until then. */
  readonly untilStopped: () => Promise<void>
}

/** 0: done; 1: the command found problems, or the configuration is wrong; 2: the command line itself is wrong. */
export type ExitCode = 0 | 1 | 2

/** One line each, whatever is in it. */
export function writeLines(write: (text: string) => void, lines: readonly string[]): void {
  for (const line of lines) write(`${visibleText(line)}\n`)
}

export function writeJson(write: (text: string) => void, value: unknown): void {
  write(`${JSON.stringify(value, null, 2)}\n`)
}
