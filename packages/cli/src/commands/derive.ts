import { loadProviderPackage, ProviderNotFoundError } from '@portico/gateway'
import { explainProblem, isConfigError } from '@portico/provider'
import type { Command } from 'commander'

import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { projectImporter, providerIds } from '../project-importer.ts'

interface DeriveOptions {
  readonly options: string
  readonly json?: true
}

/** `portico derive logto --options '{"logtoEndpoint":"https://acme.logto.app"}'` */
export function addDeriveCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('derive')
    .description('print what a provider derives from its options: issuer, keys, endpoints, as JSON')
    .argument('<provider>', `${providerIds.join(', ')}, or the name of a provider package`)
    .option('--options <json>', "the provider's options, as in policies.json", '{}')
    .option('--json', 'report mistakes as JSON too')
    .action(async (name: string, options: DeriveOptions) => finish(await derive(host, name, options)))
}

async function derive(host: Host, name: string, { options, json }: DeriveOptions): Promise<ExitCode> {
  const refuse = (problems: readonly string[], code: ExitCode): ExitCode => {
    if (json) writeJson(host.writeError, { problems })
    else writeLines(host.writeError, problems)
    return code
  }
  let given: unknown
  try {
    given = JSON.parse(options)
  } catch (error) {
    return refuse(
      [
        `--options: is not valid JSON: ${error instanceof Error ? error.message : String(error)}. Put names and texts in double quotes, and the whole in single ones: '{"logtoEndpoint":"https://acme.logto.app"}'.`,
      ],
      2,
    )
  }
  try {
    const provider = await loadProviderPackage(name, projectImporter(host.directory), providerIds)
    writeJson(host.write, provider.derive(given))
    return 0
  } catch (error) {
    if (error instanceof ProviderNotFoundError) return refuse([error.message], 1)
    if (isConfigError(error)) {
      return refuse(
        error.problems.map((problem) => `${problem.option} ${explainProblem(problem)}`),
        1,
      )
    }
    throw error
  }
}
