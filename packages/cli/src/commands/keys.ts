import type { Command } from 'commander'

import { writeJson } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { generateKey } from '../keyring-file.ts'

/** `portico keys generate` */
export function addKeysCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  const keys = program.command('keys').description('make the keys under which tokens and cookies are sealed')
  keys
    .command('generate')
    .description('print a new key for PORTICO_KEYS')
    .option('--json', 'print JSON')
    .action(({ json }: { readonly json?: true }) => {
      const key = generateKey()
      if (json) writeJson(host.write, { key })
      else host.write(`${key}\n`)
      finish(0)
    })
}
