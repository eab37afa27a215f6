import { type Command, InvalidArgumentError, Option } from 'commander'

import { type Area, areas, formatFinding } from '../doctor/area-finding.ts'
import { diagnose } from '../doctor/diagnose.ts'
import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { formatProblem } from '../prepare.ts'
import { type Refuse, withConfiguration } from './with-configuration.ts'

interface DoctorOptions {
  readonly config: string
  readonly only: ReadonlySet<Area>
  readonly json?: true
}

/** `portico doctor` */
export function addDoctorCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description(
      'find out what keeps users from signing in: providers, public URL, keys, storage, upstreams, clients',
    )
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .addOption(
      new Option('--only <areas>', `some of: ${areas.join(',')}`)
        .argParser(parseAreas)
        .default(new Set(areas), 'all of them'),
    )
    .option('--json', 'print JSON')
    .action(async (options: DoctorOptions) => finish(await examine(host, options)))
}

function parseAreas(text: string): ReadonlySet<Area> {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !areas.some((area) => area === name))
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is not one of ${areas.join(', ')}.`)
  return new Set(areas.filter((area) => names.includes(area)))
}

function examine(host: Host, { config, only, json }: DoctorOptions): Promise<ExitCode> {
  const refuse: Refuse = (problems) => {
    if (json) writeJson(host.write, { problems, findings: [] })
    else writeLines(host.writeError, problems.map(formatProblem))
    return 1
  }
  return withConfiguration(host, { config }, refuse, async (configured) => {
    const findings = await diagnose(configured, host.directory, only)
    if (json) writeJson(host.write, { problems: [], findings })
    else writeLines(host.write, findings.map(formatFinding))
    return findings.some(({ status }) => status === 'problem') ? 1 : 0
  })
}
