import { CommanderError } from 'commander'

import { createProgram } from './create-program.ts'
import type { ExitCode, Host } from './host.ts'

/** Runs one command line, e.g. `['derive', 'logto', '--options', '{}']`; resolves when it is done. */
export async function runCommand(commandLine: readonly string[], host: Host): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const finish = (code: ExitCode) => {
    exitCode = code
  }
  const program = createProgram(host, finish)
  try {
    await program.parseAsync(commandLine, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help that was asked for is no mistake; help in place of a missing command is.
    return error.exitCode === 0 ? 0 : 2
  }
  return exitCode
}
