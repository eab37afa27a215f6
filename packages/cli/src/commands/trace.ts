import { findTraces, printTrace, readTrace } from '@portico/gateway'
import type { DiagnosedTrace } from '@portico/gateway'
import type { Command } from 'commander'

import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { openDeployment } from '../open-deployment.ts'
import { refusal, withConfiguration } from './with-configuration.ts'

interface TraceOptions {
  readonly config: string
  readonly json?: true
}

/** `portico trace` */
export function addTraceCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('trace')
    .argument('[id]', 'a trace, or the reference on an error page; without it, the newest traces are listed')
    .description('follow one attempt to connect, from the first 401 to the first tool call')
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: TraceOptions) => finish(await trace(host, id, options)))
}

function trace(host: Host, id: string | undefined, { config, json }: TraceOptions): Promise<ExitCode> {
  const refuse = refusal(host, json)
  return withConfiguration(host, { config }, refuse, async (configured) => {
    const { storage, close } = await openDeployment(configured, host.directory)
    try {
      if (id === undefined) {
        const { traces } = await findTraces(storage, { statuses: [], limit: newest })
        if (json) writeJson(host.write, { traces })
        else writeLines(host.write, traces.length === 0 ? ['There are no traces.'] : table(traces))
        return 0
      }
      const found = await readTrace(storage, id)
      if (!found) {
        const message = `"${id}" is not a trace, or it has expired: without an id, the newest are listed.`
        return refuse([{ setting: 'id', message }])
      }
      if (json) writeJson(host.write, found)
      else writeLines(host.write, printTrace(found))
      return 0
    } finally {
      await close()
    }
  })
}

/** How many are listed. */
const newest = 50

function table(traces: readonly DiagnosedTrace[]): readonly string[] {
  const rows = traces.map(({ id, startedAt, route, clientId, program, diagnosis: { status, step } }) => [
    id,
    new Date(startedAt * 1000).toISOString(),
    `${status} at ${step}`,
    route ?? '',
    clientId ?? program ?? '',
  ])
  const all = [['Id', 'Begun', 'Outcome', 'Route', 'Client'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
