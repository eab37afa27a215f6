import { type Access, type CapabilityKind, capabilityKinds, type Principal, type Who } from '@portico/mcp'

import { capabilityRules, userName } from './capability-options.ts'
import type { GatewayRoute } from './gateway-route.ts'
import { routeAccess } from './route-capabilities.ts'
import { scopesOf } from './route-rules.ts'

/** Who is asked about. What is missing is nobody's in particular. */
export type AskedCaller = Partial<Omit<Principal, 'users'>> & { readonly users?: readonly string[] }

/** What one kind of caller can do on a route. */
export interface CallerReport {
  /** In words, e.g. `group accounting`; `everybody` has nothing but the scopes that every token gets. */
  readonly caller: string
  readonly capabilities: readonly {
    readonly kind: CapabilityKind
    /** As rules, lists and pins name it; possibly a pattern. */
    readonly id: string
    /** The name for clients, where it is another one. */
    readonly shown?: string
    readonly access: Access['outcome']
    /** What a call needs, where the caller lacks nothing but scopes. */
    readonly scopes?: readonly string[]
    /** A call is allowed only with some arguments. */
    readonly dependsOnArguments?: true
  }[]
}

/** Who can do what on one route. */
export interface RouteReport {
  readonly route: string
  readonly path: string
  /** Kinds about which the route says nothing: everybody can use all of them. */
  readonly open: readonly CapabilityKind[]
  readonly callers: readonly CallerReport[]
}

/**
 * Who could call what, asked of the code that decides when it is called.
 *
 * @param asked one caller; without it everybody, and every kind of caller that the rules speak of
 */
export function accessReport(routes: readonly GatewayRoute[], asked?: AskedCaller): readonly RouteReport[] {
  return routes.map((route) => {
    const access = routeAccess(route.capabilities)
    const named = capabilityKinds.flatMap((kind) => namedIds(route, kind).map((id) => ({ kind, id })))
    const decide = (kind: CapabilityKind, id: string, principal: Principal) => {
      const decided = access?.decide(kind, id, principal) ?? { outcome: 'allowed' as const }
      const isConditional =
        decided.outcome !== 'hidden' && access?.dependsOnArguments(kind, id, principal) === true
      const shown = access?.catalog(kind)?.shownName(id)
      return {
        kind,
        id,
        ...(shown !== undefined && shown !== id && { shown }),
        access: decided.outcome,
        ...('scopes' in decided && { scopes: decided.scopes }),
        ...(isConditional && { dependsOnArguments: true as const }),
      }
    }
    const callers = asked === undefined ? callersOf(route) : [callerFrom(route, asked)]
    return {
      route: route.id,
      path: route.path,
      open: capabilityKinds.filter((kind) => access?.governs(kind) !== true),
      callers: callers.map(({ caller, principal }) => ({
        caller,
        capabilities: named.map(({ kind, id }) => decide(kind, id, principal)),
      })),
    }
  })
}

/** Everything of a kind that the configuration knows by name. */
function namedIds(
  { capabilities = {}, acceptedTools = {} }: GatewayRoute,
  kind: CapabilityKind,
): readonly string[] {
  const { rules = [], [kind]: entries = [] } = capabilityRules(capabilities)
  const ids = new Set([
    ...entries.map(({ id }) => id),
    ...rules.flatMap((rule) => rule[kind] ?? []),
    ...(kind === 'tools' ? Object.keys(acceptedTools) : []),
  ])
  return [...ids]
}

interface Asked {
  readonly caller: string
  readonly principal: Principal
}

const nobody: Principal = { users: [], client: '', scopes: [], groups: [], roles: [] }

/** The scopes that a token has when its client asks for none. */
function usualScopes(route: GatewayRoute): readonly string[] {
  const scopes = scopesOf(route)
  return route.defaultScopes ?? (scopes.includes('mcp:tools') ? ['mcp:tools'] : scopes)
}

function callerFrom(route: GatewayRoute, asked: AskedCaller): Asked {
  const principal = {
    ...nobody,
    ...asked,
    users: (asked.users ?? []).map(userName),
    scopes: [...usualScopes(route), ...(asked.scopes ?? [])],
  }
  return { caller: inWords(asked), principal }
}

/** Everybody, everybody whom one condition names, and everybody whom several conditions of one rule name. */
function callersOf(route: GatewayRoute): readonly Asked[] {
  const rules = capabilityRules(route.capabilities ?? {})
  const entries = capabilityKinds.flatMap((kind) => rules[kind] ?? [])
  const conditions: readonly Who[] = [
    ...entries.flatMap(({ groups, roles, scopes }) => [{ groups }, { roles }, { scopes }]),
    ...(rules.rules ?? []).flatMap(({ unless = {}, ...rule }) => [rule, unless]),
  ]
  const asked = new Map<string, Asked>()
  const add = (one: AskedCaller) => {
    const caller = callerFrom(route, one)
    asked.set(caller.caller, caller)
  }
  add({})
  for (const { groups = [], roles = [], users = [], clients = [], scopes = [] } of conditions) {
    const parts: readonly (readonly AskedCaller[])[] = [
      groups.map((group) => ({ groups: [group] })),
      roles.map((role) => ({ roles: [role] })),
      users.map((user) => ({ users: [user] })),
      clients.map((client) => ({ client })),
    ]
    for (const one of parts.flat()) add(one)
    if (scopes.some((scope) => !usualScopes(route).includes(scope))) add({ scopes })
    const whole = Object.assign({}, ...parts.map(([first]) => first)) as AskedCaller
    if (parts.filter((part) => part.length > 0).length > 1) add(whole)
  }
  return [...asked.values()]
}

function inWords({ groups = [], roles = [], users = [], client, scopes = [] }: AskedCaller): string {
  const words = [
    ...users.map((user) => `user ${user}`),
    ...groups.map((group) => `group ${group}`),
    ...roles.map((role) => `role ${role}`),
    ...(client === undefined ? [] : [`client ${client}`]),
    ...scopes.map((scope) => `scope ${scope}`),
  ]
  return words.length === 0 ? 'everybody' : words.join(', ')
}
