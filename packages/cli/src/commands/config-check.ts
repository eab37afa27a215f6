import { memoryStorage } from '@portico/storage'
import type { Command } from 'commander'

import { buildGateway } from '../build-gateway.ts'
import { counted } from '../counted.ts'
import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { generateKey } from '../keyring-file.ts'
import { silentLog } from '../log.ts'
import { formatProblem, prepare } from '../prepare.ts'
import type { Prepared, Problem } from '../prepare.ts'
import { StartError } from '../start-error.ts'

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
  const prepared = await prepare(host, { config: directory })
  const { config, warnings } = prepared
  const problems = [...prepared.problems, ...buildProblems(prepared)]
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
        `The configuration is valid: ${counted(routes.length, 'route')}, ${counted(providers.length, 'identity provider')}.`,
      ])
    }
  }
  return problems.length === 0 ? 0 : 1
}

/** What only the gateway itself finds wrong. */
function buildProblems({ config, settings, fetch, problems }: Prepared): readonly Problem[] {
  if (!config || problems.length > 0) return []
  const keys = settings.keys ?? [generateKey()]
  try {
    buildGateway({ config, settings, fetch, keys, log: silentLog, storage: memoryStorage() })
    return []
  } catch (error) {
    if (error instanceof StartError) return error.problems
    throw error
  }
}
