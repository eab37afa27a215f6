import type { Command } from 'commander'

import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { formatProblem, prepare } from '../prepare.ts'

interface CheckOptions {
  readonly config: string
  readonly json?: true
}

/** `portico config check` */
export function addConfigCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('config')
    .description('work with the configuration')
    .command('check')
    .description('find every mistake in the configuration and the settings, without starting anything')
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .option('--json', 'print JSON')
    .action(async (options: CheckOptions) => finish(await check(host, options)))
}

async function check(host: Host, { config: directory, json }: CheckOptions): Promise<ExitCode> {
  const { config, problems, warnings } = await prepare(host, { config: directory })
  if (json) {
    writeJson(host.write, { problems, warnings })
  } else {
    writeLines(host.writeError, problems.map(formatProblem))
    writeLines(
      host.writeError,
      warnings.map((warning) => `warning: ${formatProblem(warning)}`),
    )
    if (config && problems.length === 0) {
      const { routes, providers } = config
      writeLines(host.write, [
        `The configuration is good: ${count(routes.length, 'route')}, ${count(providers.length, 'identity provider')}.`,
      ])
    }
  }
  return problems.length === 0 ? 0 : 1
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
