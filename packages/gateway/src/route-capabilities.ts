import {
  type Caller,
  type CapabilityAccess,
  capabilityAccess,
  type CapabilityPolicy,
  createCapabilityFilter,
  createToolPins,
  type Principal,
  type ToolChange,
  type ToolPinsOptions,
} from '@portico/mcp'
import type { ResourceServer } from '@portico/resource-server'
import { z } from 'zod'

import { type CapabilityOptions, capabilityRules, userName } from './capability-options.ts'
import type { GatewayRoute } from './gateway-route.ts'

/** What the gateway knows of a user, where it puts it into a token's claims. */
const accountSchema = z.object({
  groups: z.array(z.string()).optional(),
  roles: z.array(z.string()).optional(),
  email: z.object({ address: z.string(), verified: z.boolean() }).optional(),
})

/** The user behind a token as rules see them; an address counts once it is verified. */
export function principalOf({ subject, clientId, scopes, claims }: Caller): Principal {
  const { groups = [], roles = [], email } = accountSchema.safeParse(claims?.['account']).data ?? {}
  return {
    users: [subject, ...(email?.verified === true ? [userName(email.address)] : [])],
    client: clientId,
    scopes,
    groups,
    roles,
  }
}

/** The decisions of a route; undefined where it has no rules. */
export const routeAccess = (options: CapabilityOptions | undefined): CapabilityAccess | undefined =>
  options && capabilityAccess(capabilityRules(options))

/** The policy of a route's proxy. */
export function routePolicy(
  { capabilities: options, acceptedTools = {} }: Pick<GatewayRoute, 'capabilities' | 'acceptedTools'>,
  guard: ResourceServer,
  onToolChange: (change: ToolChange, mode: ToolPinsOptions['mode']) => void,
): CapabilityPolicy | undefined {
  const access = routeAccess(options)
  const pinning = options?.pinning
  const pins =
    pinning &&
    createToolPins({
      ...pinning,
      accepted: new Map(Object.entries(acceptedTools).map(([name, { definition }]) => [name, definition])),
      onChange: (change) => onToolChange(change, pinning.mode),
    })
  return (
    access &&
    createCapabilityFilter({
      access,
      pins,
      principalOf: remembered(principalOf),
      challenge: (scopes, caller) => guard.insufficientScope(scopes, caller),
    })
  )
}

/** One caller stands behind many messages. */
function remembered(read: (caller: Caller) => Principal): (caller: Caller) => Principal {
  const known = new WeakMap<Caller, Principal>()
  return (caller) => {
    const principal = known.get(caller) ?? read(caller)
    known.set(caller, principal)
    return principal
  }
}
