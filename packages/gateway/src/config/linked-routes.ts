import type { GatewayRoute } from '../gateway-route.ts'
import { routeProblems } from '../route-rules.ts'
import type { RouteProblem } from '../route-rules.ts'
import type { AttachedPolicies } from './attached-policies.ts'
import type { FileProblem, JsonPath } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredRoute } from './routes-file.ts'

/** A declared route as the gateway takes it. The maps lead from names of policies to ids. */
export function linkedRoute(
  route: DeclaredRoute,
  { headers, signIn, exchange }: AttachedPolicies,
  providerIds: ReadonlyMap<string, string>,
  connectionIds: ReadonlyMap<string, string>,
): GatewayRoute {
  const connection = exchange === undefined ? undefined : connectionIds.get(exchange)
  return {
    path: route.path,
    id: route.operationId,
    ...(route.summary !== undefined && { name: route.summary }),
    upstream: {
      url: route.upstreamUrl,
      headers,
      forwardSearch: route.forwardSearch,
      ...(route.era && { era: route.era }),
      ...(connection !== undefined && { connection }),
    },
    ...(route.scopes && { scopes: route.scopes }),
    ...(route.defaultScopes && { defaultScopes: route.defaultScopes }),
    providers: signIn.flatMap((name) => providerIds.get(name) ?? []),
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
    if (!route) return []
    const { remedy } = problem
    const message = remedy === undefined ? `${problem.problem}.` : `${problem.problem}. ${remedy}`
    return [document.problemAt(placeOf(route, problem), message)]
  })
}

function placeOf({ places }: DeclaredRoute, { member }: RouteProblem): JsonPath {
  switch (member) {
    case 'path':
      return places.path
    case 'id':
      return places.operationId
    case 'upstream.url':
      return places.rewritePattern
    default:
      return places.inbound
  }
}
