import { Command, CommanderError } from 'commander'

import { addAccessCommand } from './commands/access.ts'
import { addAuditCommand } from './commands/audit.ts'
import { addConfigCommand } from './commands/config-check.ts'
import { addDeriveCommand } from './commands/derive.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addKeysCommand } from './commands/keys.ts'
import { addPinCommand } from './commands/pin.ts'
import { addRevokeCommand } from './commands/revoke.ts'
import { addServeCommand } from './commands/serve.ts'
import { addTraceCommand } from './commands/trace.ts'
import type { ExitCode, Host } from './host.ts'

/** Runs one command line, e.g. `['derive', 'logto', '--options', '{}']`; resolves when it is done. */
export async function runCommand(commandLine: readonly string[], host: Host): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const finish = (code: ExitCode) => {
    exitCode = code
  }
  const program = new Command('portico')
    .description('An OAuth 2.1 authorization server in front of any identity provider, and an MCP gateway.')
    .version(host.version, '--version', 'print the version')
    .helpOption('--help', 'explain the command')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: host.write,
      writeErr: host.writeError,
      outputError: (text, write) => write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showSuggestionAfterError(true)
    .exitOverride()
  addServeCommand(program, host, finish)
  addConfigCommand(program, host, finish)
  addDeriveCommand(program, host, finish)
  addDoctorCommand(program, host, finish)
  addKeysCommand(program, host, finish)
  addRevokeCommand(program, host, finish)
  addPinCommand(program, host, finish)
  addAccessCommand(program, host, finish)
  addAuditCommand(program, host, finish)
  addTraceCommand(program, host, finish)

  try {
    await program.parseAsync(commandLine, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help that was asked for is no mistake; help in place of a missing command is.
    return error.exitCode === 0 ? 0 : 2
  }
  return exitCode
}
