import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { runCommand, type CommandOptions } from './run-command.ts'

/** Runs pnpm: the one that started this process, or the one that `npx` brings where none is installed. */
export function runPnpm(pnpmArguments: readonly string[], options?: CommandOptions): Promise<string> {
  const isInstalled = (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((directory) => existsSync(join(directory, 'pnpm')))
  return isInstalled
    ? runCommand('pnpm', pnpmArguments, options)
    : runCommand('npx', ['-y', 'pnpm@12', ...pnpmArguments], options)
}
