import { explainProblem } from '@portico/provider'

import type { CapabilityOptions } from '../capability-options.ts'
import type { AcceptedTools, GatewayRoute } from '../gateway-route.ts'
import { routeProblems } from '../route-rules.ts'
import type { RouteProblem } from '../route-rules.ts'
import type { AttachedRoute } from './attached-policies.ts'
import type { FileProblem, JsonPath } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredRoute } from './route-operation.ts'

/** What policies amount to, by their names. */
export interface PolicyOutcomes {
  readonly providerIds: ReadonlyMap<string, string>
  readonly connectionIds: ReadonlyMap<string, string>
  readonly capabilities: ReadonlyMap<string, CapabilityOptions>
  /** By id of the route. */
  readonly accepted: ReadonlyMap<string, AcceptedTools>
}

/** A route of the file as the gateway takes it. */
export function linkedRoute(
  { route, headers, signIn, exchange, filter, upstreams }: AttachedRoute,
  outcomes: PolicyOutcomes,
): GatewayRoute {
  const connectionOf = (name: string | undefined) =>
    name === undefined ? undefined : outcomes.connectionIds.get(name)
  const connection = connectionOf(exchange)
  const acceptedTools = outcomes.accepted.get(route.operationId)
  const capabilities = filter === undefined ? undefined : outcomes.capabilities.get(filter)
  return {
    path: route.path,
    id: route.operationId,
    ...(route.summary !== undefined && { name: route.summary }),
    ...(route.description !== undefined && { description: route.description }),
    ...(upstreams
      ? {
          upstreams: upstreams.map(({ upstream: { prefix, url, era }, ...own }) => {
            const ownConnection = connectionOf(own.exchange)
            return {
              prefix,
              url,
              headers: own.headers,
              ...(era && { era }),
              ...(ownConnection !== undefined && { connection: ownConnection }),
            }
          }),
        }
      : {
          upstream: {
            url: route.upstreamUrl,
            headers,
            forwardSearch: route.forwardSearch,
            ...(route.era && { era: route.era }),
            ...(connection !== undefined && { connection }),
          },
        }),
    ...(route.scopes && { scopes: route.scopes }),
    ...(route.defaultScopes && { defaultScopes: route.defaultScopes }),
    ...(route.dpopBound !== undefined && { dpopBound: route.dpopBound }),
    ...(capabilities && { capabilities }),
    ...(acceptedTools && { acceptedTools }),
    providers: signIn.flatMap((name) => outcomes.providerIds.get(name) ?? []),
  }
}

/** The gateway's own rules for routes, at their places in the file. */
export function linkedRouteProblems(
  document: JsoncDocument,
  declared: readonly DeclaredRoute[],
  routes: readonly GatewayRoute[],
): readonly FileProblem[] {
  return routeProblems(routes).flatMap((problem) => {
    const route = declared[problem.route]
    // Capability filters stand in the other file, and have been judged there.
    if (!route || problem.member === 'capabilities') return []
    return [document.problemAt(placeOf(route, problem), explainProblem(problem))]
  })
}

/** What the members of an upstream are called in the file. */
const upstreamMembers: Readonly<Record<string, string>> = { url: 'rewritePattern', headers: 'policies' }

function placeOf({ places, upstreams }: DeclaredRoute, { member, place = [] }: RouteProblem): JsonPath {
  switch (member) {
    case 'path':
      return places.path
    case 'id':
      return places.operationId
    case 'upstreams': {
      const [index, name] = place
      const upstream = typeof index === 'number' ? upstreams?.[index]?.places.upstream : undefined
      if (upstream === undefined) return [...places.rewritePattern.slice(0, -1), 'upstreams']
      return [...upstream, ...(name === undefined ? [] : [upstreamMembers[String(name)] ?? name])]
    }
    case 'upstream.url':
      return places.rewritePattern
    default:
      return places.inbound
  }
}
