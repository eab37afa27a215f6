import { ConfigError, type ConfigProblem } from '@portico/provider'

import { isOrigin } from './admin/is-origin.ts'
import { formatJsonPath } from './config/file-problem.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { routeProblems } from './route-rules.ts'

/** @throws {ConfigError} naming every option that is wrong in itself, and its remedy */
export function checkGatewayOptions({ routes, admin = {} }: GatewayOptions): void {
  const problems: ConfigProblem[] = routeProblems(routes).map(
    ({ route, member, place = [], problem, remedy }) => ({
      option: `routes[${route}].${formatJsonPath([...member.split('.'), ...place])}`,
      problem,
      remedy,
    }),
  )
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
  if (problems.length > 0) throw new ConfigError('The gateway', problems)
}
