import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { Host } from '../src/host.ts'
import { runCommand } from '../src/run-command.ts'

export interface Outcome {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Runs a command inside the test, with nothing of the test's own environment. */
export async function run(commandLine: readonly string[], host: Partial<Host> = {}): Promise<Outcome> {
  let output = ''
  let errors = ''
  const code = await runCommand(commandLine, {
    version: '1.2.3',
    isTerminal: false,
    untilStopped: () => Promise.resolve(),
    environment: {},
    directory: import.meta.dirname,
    write: (text) => {
      output += text
    },
    writeError: (text) => {
      errors += text
    },
    ...host,
  })
  return { code, output, errors }
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Runs the command line as its users do: as a process of its own. */
export function portico(
  commandLine: readonly string[],
  { directory, environment = {} }: { readonly directory: string; readonly environment?: NodeJS.ProcessEnv },
): Promise<Outcome> {
  const options = { cwd: directory, env: { PATH: process.env['PATH'], ...environment } }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=@portico/source', main, ...commandLine],
      options,
      (error, output, errors) => resolve({ code: error === null ? 0 : Number(error.code), output, errors }),
    )
  })
}
