import { accessReport, type AskedCaller, type CallerReport, type RouteReport } from '@portico/gateway'
import type { Command } from 'commander'

import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { refusal, withConfiguration } from './with-configuration.ts'

interface ReportOptions {
  readonly config: string
  readonly user?: readonly string[]
  readonly group?: readonly string[]
  readonly role?: readonly string[]
  readonly scope?: readonly string[]
  readonly client?: string
  readonly json?: true
}

/** `portico access report` */
export function addAccessCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('access')
    .description('ask who may use what')
    .command('report')
    .description(
      'show who could call which tools, prompts and resources, by the same rules that decide about calls',
    )
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .option('--user <name...>', 'one user: the subject, or a verified address')
    .option('--group <name...>', 'somebody in these groups')
    .option('--role <name...>', 'somebody with these roles')
    .option('--scope <name...>', 'a token with these scopes, besides those that every token has')
    .option('--client <id>', 'a client')
    .option('--json', 'print JSON')
    .action(async (options: ReportOptions) => finish(await report(host, options)))
}

function report(host: Host, { config, json, ...asked }: ReportOptions): Promise<ExitCode> {
  return withConfiguration(host, { config }, refusal(host, json), (configured) => {
    const routes = accessReport(configured.config.routes, askedCaller(asked))
    if (json) writeJson(host.write, { routes })
    else writeLines(host.write, routes.flatMap(routeLines))
    return Promise.resolve(0)
  })
}

/** Undefined where nobody in particular is asked about. */
function askedCaller({
  user,
  group,
  role,
  scope,
  client,
}: Omit<ReportOptions, 'config'>): AskedCaller | undefined {
  if ([user, group, role, scope, client].every((value) => value === undefined)) return undefined
  return {
    ...(user && { users: user }),
    ...(group && { groups: group }),
    ...(role && { roles: role }),
    ...(scope && { scopes: scope }),
    ...(client !== undefined && { client }),
  }
}

const kindNames = {
  tools: 'tool',
  prompts: 'prompt',
  resources: 'resource',
  resourceTemplates: 'template',
} as const

function routeLines({ route, path, open, callers }: RouteReport): readonly string[] {
  return [
    `${route} (${path})`,
    ...(open.length > 0 ? [`  all ${open.map((kind) => `${kindNames[kind]}s`).join(', ')}: everybody`] : []),
    ...callers.flatMap(callerLines),
  ]
}

function callerLines({ caller, capabilities }: CallerReport): readonly string[] {
  if (capabilities.length === 0) return []
  const named = (outcome: string) => capabilities.filter(({ access }) => access === outcome)
  const text = ({ kind, id, shown, scopes, dependsOnArguments }: CallerReport['capabilities'][number]) =>
    [
      `${kindNames[kind]} ${id}`,
      ...(shown === undefined ? [] : [`as ${shown}`]),
      ...(scopes === undefined ? [] : [`with ${scopes.join(' ')}`]),
      ...(dependsOnArguments ? ['with some arguments'] : []),
    ].join(' ')
  const line = (label: string, outcome: string) => {
    const found = named(outcome)
    return found.length === 0 ? [] : [`    ${label}: ${found.map(text).join(', ')}`]
  }
  return [
    `  ${caller}`,
    ...line('may call', 'allowed'),
    ...line('may after step-up', 'scope'),
    ...line('may not', 'hidden'),
  ]
}
