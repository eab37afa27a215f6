import { Command } from 'commander'

import { addAccessCommand } from './commands/access.ts'
import { addAuditCommand } from './commands/audit.ts'
import { addConfigCommand } from './commands/config-check.ts'
import { addDeriveCommand } from './commands/derive.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addKeysCommand } from './commands/keys.ts'
import { addNewCommand } from './commands/new.ts'
import { addPinCommand } from './commands/pin.ts'
import { addRevokeCommand } from './commands/revoke.ts'
import { addServeCommand } from './commands/serve.ts'
import { addTraceCommand } from './commands/trace.ts'
import type { ExitCode, Host } from './host.ts'

/** The commands with their arguments and options. `finish` is told how the one that was run ended. */
export function createProgram(host: Host, finish: (code: ExitCode) => void): Command {
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
  addNewCommand(program, host, finish)
  // As above: `--help` is enough.
  for (const command of program.commands) command.helpCommand(false)
  return program
}
