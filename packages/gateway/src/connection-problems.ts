import { upstreamOptions } from '@portico/connections'
import type { ConfigProblem } from '@portico/provider'

import type { GatewayOptions } from './gateway-options.ts'
import { type UpstreamOptions, upstreamsOf } from './gateway-route.ts'
import { issueProblems } from './issue-problems.ts'

/** Members of a connection, whatever its mode, for proposals. */
export const connectionMembers: readonly string[] = [
  ...new Set(upstreamOptions.options.flatMap(({ shape }) => Object.keys(shape))),
]

/** Every mistake in the connections, and every route that names a missing one. */
export function connectionProblems({
  connections = [],
  routes,
}: Pick<GatewayOptions, 'connections' | 'routes'>): readonly ConfigProblem[] {
  const ids = connections.map(({ id }) => id)
  return [
    ...connections.flatMap((connection, index) => {
      const { error } = upstreamOptions.safeParse(connection)
      return issueProblems(error, ['connections', index], connectionMembers)
    }),
    ...ids.flatMap((id, index) =>
      ids.indexOf(id) === index
        ? []
        : [{ option: `connections[${index}].id`, problem: `"${id}" is taken: every upstream needs its own` }],
    ),
    ...routes.flatMap((route, index) =>
      upstreamsOf(route).flatMap((upstream) => {
        const option = `routes[${index}].${route.upstream ? 'upstream' : 'upstreams'}`
        return useProblems(upstream, connections).map((problem) => ({ option, ...problem }))
      }),
    ),
  ]
}

/** A credential is sent to the origin of its connection alone: a route that leads elsewhere would hand it to somebody else. */
function useProblems(
  { url, connection: id }: UpstreamOptions,
  connections: NonNullable<GatewayOptions['connections']>,
): readonly Omit<ConfigProblem, 'option'>[] {
  if (id === undefined) return []
  const connection = connections.find((each) => each.id === id)
  if (!connection) {
    const problem = `names the connection "${id}", which is not one of connections`
    return [{ problem, remedy: 'Add it there, or remove the name.' }]
  }
  // Reported as what they are.
  if (![url, connection.url].every((each) => URL.canParse(each))) return []
  const { origin } = new URL(connection.url)
  if (new URL(url).origin === origin) return []
  return [
    {
      problem: `leads elsewhere than the connection "${id}", whose credentials are for ${origin} alone`,
      remedy: 'Add a connection of its own for it, or correct one of the two URLs.',
    },
  ]
}
