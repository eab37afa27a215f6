import { ConfigError, type ConfigProblem } from '@portico/provider'

import { isOrigin } from './admin/is-origin.ts'
import { formatJsonPath } from './config/file-problem.ts'
import { connectionProblems } from './connection-problems.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { gatewaySettings } from './gateway-settings.ts'
import { issueProblems } from './issue-problems.ts'
import { formMembers, optionForms } from './option-forms.ts'
import { unknownNames } from './option-names.ts'
import { routeProblems } from './route-rules.ts'

/** @throws {ConfigError} naming every option that is wrong in itself, and its remedy */
export function checkGatewayOptions(options: GatewayOptions): void {
  const { routes, admin = {} } = options
  checkForm(options)
  const problems: ConfigProblem[] = [
    ...unknownNames(options),
    ...settingProblems(options),
    ...routeProblems(routes).map(({ route, member, place = [], problem, remedy }) => ({
      option: `routes[${route}].${formatJsonPath([...member.split('.'), ...place])}`,
      problem,
      remedy,
    })),
  ]
  if (admin.token !== undefined && !/^[\x21-\x7E]{32,}$/.test(admin.token)) {
    problems.push({
      option: 'admin.token',
      problem: 'must be 32 or more visible ASCII characters',
      remedy: 'Use the output of "portico keys generate".',
    })
  }
  if (admin.url !== undefined && !isOrigin(admin.url)) {
    problems.push({
      option: 'admin.url',
      problem: 'must be the bare origin by which operators reach the admin side',
      remedy: 'Use "https://admin.mcp.example.com", for example.',
    })
  }
  // Which connection a route names can be said once its members are known to be what they must be.
  if (problems.length === 0) problems.push(...connectionProblems(options))
  if (problems.length > 0) throw new ConfigError('The gateway', problems)
}

/** Settings that configuration files may say too, where they are judged in the same way. */
function settingProblems({
  allowedOrigins,
  limits,
  registry,
  returnOrigins,
  traces,
}: GatewayOptions): readonly ConfigProblem[] {
  const { error } = gatewaySettings.safeParse({ allowedOrigins, limits, registry, returnOrigins, traces })
  return issueProblems(error, [], [])
}

/** What callers without types may pass, and what nothing else could be said about. */
function checkForm(options: { readonly routes: unknown }): void {
  const { routes } = options
  const remedy =
    'Use `[{ path: "/mcp/linear-v1", id: "linear", upstream: { url: "https://mcp.linear.app/mcp" } }]`, for example.'
  if (!Array.isArray(routes)) {
    const problem = routes === undefined ? 'is missing' : 'must be a list'
    throw new ConfigError('The gateway', [{ option: 'routes', problem, remedy }])
  }
  const problems: ConfigProblem[] = routes.flatMap((route: unknown, index) =>
    typeof route === 'object' && route !== null
      ? []
      : [{ option: `routes[${index}]`, problem: 'must be an object', remedy }],
  )
  const { error } = optionForms.safeParse(options)
  if (problems.length === 0) problems.push(...issueProblems(error, [], formMembers))
  if (problems.length > 0) throw new ConfigError('The gateway', problems)
}
