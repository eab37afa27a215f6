import { listTraces, printTrace, readTrace } from '@portico/gateway'
import type { TraceHead } from '@portico/gateway'
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
        const traces = await listTraces(storage)
        if (json) writeJson(host.write, { traces })
        else writeLines(host.write, traces.length === 0 ? ['There are no traces.'] : traces.map(line))
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

function line({ id, kind, startedAt, route, clientId, program }: TraceHead): string {
  const who = clientId ?? program ?? ''
  return [id.padEnd(12), new Date(startedAt * 1000).toISOString(), kind.padEnd(9), route ?? '', who]
    .join('  ')
    .trimEnd()
}
