import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

import {
  type AcceptedTools,
  type GatewayRoute,
  listUpstreamTools,
  ToolsUnavailableError,
} from '@portico/gateway'
import { toolDefinition, toolDigest } from '@portico/mcp'
import type { Command } from 'commander'

import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { pinsFileName } from '../load-config.ts'
import { formatDifferences, type PinDifference, pinDifferences } from '../pins.ts'
import { formatProblem, prepare } from '../prepare.ts'

interface PinOptions {
  readonly config: string
  readonly from?: string
  readonly json?: true
}

/** `portico pin diff` and `portico pin accept` */
export function addPinCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  const pin = program
    .command('pin')
    .description('compare the tools of upstreams with the accepted ones, and accept them')
  const withOptions = (command: Command) =>
    command
      .argument('[routes...]', 'operationIds of the routes; default those that pin their tools')
      .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
      .option('--from <file>', 'take the tools from the JSON of a tools/list result, not from the upstream')
      .option('--json', 'print JSON')
  withOptions(pin.command('diff'))
    .description('show which tools differ from the accepted ones; exit code 1 if any do')
    .action(async (routes: string[], options: PinOptions) => finish(await run(host, routes, options, false)))
  withOptions(pin.command('accept'))
    .description(`accept the current tools: write them to ${pinsFileName} in the configuration directory`)
    .action(async (routes: string[], options: PinOptions) => finish(await run(host, routes, options, true)))
}

interface RouteDifferences {
  readonly route: string
  readonly differences: readonly PinDifference[]
}

async function run(
  host: Host,
  names: readonly string[],
  { config: directory, from, json }: PinOptions,
  isAccepting: boolean,
): Promise<ExitCode> {
  const refuse = (...messages: readonly string[]): ExitCode => {
    if (json) writeJson(host.writeError, { problems: messages })
    else writeLines(host.writeError, messages)
    return 1
  }
  const { config, problems } = await prepare(host, { config: directory })
  if (!config || problems.length > 0) return refuse(...problems.map(formatProblem))
  const routes = config.routes.filter(({ id, capabilities }) =>
    names.length > 0 ? names.includes(id) : capabilities?.pinning !== undefined,
  )
  const unknown = names.filter((name) => !routes.some(({ id }) => id === name))
  if (unknown.length > 0)
    return refuse(...unknown.map((name) => `"${name}" is not the operationId of a route.`))
  if (routes.length === 0) {
    return refuse('No route pins its tools: add "pinning" to a capability filter, or name the routes.')
  }
  if (from !== undefined && routes.length > 1) return refuse('--from works with one route only: name it.')

  const found: RouteDifferences[] = []
  const accepted: Record<string, AcceptedTools> = {}
  for (const route of routes) {
    try {
      const tools =
        from === undefined ? await toolsOfUpstream(route) : toolsOfFile(resolve(host.directory, from))
      found.push({ route: route.id, differences: pinDifferences(route.acceptedTools ?? {}, tools) })
      accepted[route.id] = tools
    } catch (error) {
      if (!(error instanceof ToolsUnavailableError)) throw error
      return refuse(`${route.id}: ${error.message}`)
    }
  }
  if (json) writeJson(host.write, { routes: found })
  else
    writeLines(
      host.write,
      found.flatMap(({ route, differences }) => formatDifferences(route, differences)),
    )
  const isDifferent = found.some(({ differences }) => differences.length > 0)
  if (!isAccepting) return isDifferent ? 1 : 0
  const file = join(resolve(host.directory, directory), pinsFileName)
  writePins(file, accepted)
  if (!json)
    writeLines(host.write, [
      `Accepted in ${relative(host.directory, file)}. Restart the gateway if it is running.`,
    ])
  return 0
}

async function toolsOfUpstream(route: GatewayRoute): Promise<AcceptedTools> {
  if (route.upstream === undefined || route.upstream.connection !== undefined) {
    throw new ToolsUnavailableError(
      "its tools cannot be fetched with static headers from one upstream: save the result of a user's tools/list, and pass the file with --from.",
    )
  }
  return definitionsOf(await listUpstreamTools(route.upstream))
}

function toolsOfFile(file: string): AcceptedTools {
  const value: unknown = existsSync(file) ? parsed(readFileSync(file, 'utf8')) : undefined
  const members = (value ?? {}) as {
    readonly tools?: unknown
    readonly result?: { readonly tools?: unknown }
  }
  const tools = Array.isArray(value) ? value : (members.tools ?? members.result?.tools)
  if (!Array.isArray(tools)) {
    throw new ToolsUnavailableError(
      `${file} contains no list of tools: save the JSON of a tools/list result there.`,
    )
  }
  return definitionsOf(tools as readonly Readonly<Record<string, unknown>>[])
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const definitionsOf = (tools: readonly Readonly<Record<string, unknown>>[]): AcceptedTools =>
  Object.fromEntries(
    tools
      .map(
        (tool) =>
          [String(tool['name']), { digest: toolDigest(tool), definition: toolDefinition(tool) }] as const,
      )
      .toSorted(([first], [second]) => (first < second ? -1 : 1)),
  )

/** Routes that were not looked at keep what they had. */
function writePins(file: string, accepted: Readonly<Record<string, AcceptedTools>>): void {
  const before = (existsSync(file) ? parsed(readFileSync(file, 'utf8')) : {}) as object
  writeFileSync(file, `${JSON.stringify({ ...before, ...accepted }, null, 2)}\n`)
}
