import type { VerifiedAccessToken } from '@portico/core'
import { capabilityKinds } from '@portico/mcp'

import { accessReport } from './access-report.ts'
import { capabilityRules } from './capability-options.ts'
import type { GatewayRoute } from './gateway-route.ts'
import { principalOf } from './route-capabilities.ts'

/** Whether a route is of use to a caller: their provider may sign them in there, and the rules leave them something. */
export function isRouteFor(route: GatewayRoute, token: VerifiedAccessToken): boolean {
  const { account } = token
  if (account && route.providers?.includes(account.provider) === false) return false
  const rules = capabilityRules(route.capabilities ?? {})
  const leavesOthers = capabilityKinds.some(
    (kind) =>
      rules[kind] === undefined &&
      rules.rules?.some(({ effect, [kind]: named }) => effect === 'allow' && named !== undefined) !== true,
  )
  if (leavesOthers) return true
  const principal = principalOf({ ...token, claims: { account } })
  const reports = accessReport([route], principal)
  return reports.some(({ callers }) =>
    callers.some(({ capabilities }) => capabilities.some(({ access }) => access !== 'hidden')),
  )
}
