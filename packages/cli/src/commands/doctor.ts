import { type Command, InvalidArgumentError, Option } from 'commander'

import { type Area, type AreaFinding, areas, formatFinding } from '../doctor/area-finding.ts'
import { diagnose } from '../doctor/diagnose.ts'
import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { formatProblem, prepare } from '../prepare.ts'
import type { Problem } from '../prepare.ts'
import { StartError } from '../start-error.ts'

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

async function examine(host: Host, { config: directory, only, json }: DoctorOptions): Promise<ExitCode> {
  const prepared = await prepare(host, { config: directory })
  const refuse = (problems: readonly Problem[]): ExitCode => {
    if (json) writeJson(host.write, { problems, findings: [] })
    else writeLines(host.writeError, problems.map(formatProblem))
    return 1
  }
  const { problems, config } = prepared
  if (problems.length > 0 || !config) return refuse(problems)
  let findings: readonly AreaFinding[]
  try {
    findings = await diagnose({ ...prepared, config }, host.directory, only)
  } catch (error) {
    if (error instanceof StartError) return refuse(error.problems)
    throw error
  }
  if (json) writeJson(host.write, { problems: [], findings })
  else writeLines(host.write, findings.map(formatFinding))
  return findings.some(({ status }) => status === 'problem') ? 1 : 0
}
