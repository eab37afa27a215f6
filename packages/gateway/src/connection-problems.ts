import { upstreamOptions } from '@portico/connections'
import type { ConfigProblem } from '@portico/provider'
import type { z } from 'zod'

import { formatJsonPath } from './config/file-problem.ts'
import { issueSentence } from './config/issue-sentence.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { upstreamsOf } from './gateway-route.ts'

/** Every mistake in the connections, and every route that names a missing one. */
export function connectionProblems({
  connections = [],
  routes,
}: Pick<GatewayOptions, 'connections' | 'routes'>): readonly ConfigProblem[] {
  const ids = connections.map(({ id }) => id)
  return [
    ...connections.flatMap((connection, index) => {
      const issues = upstreamOptions.safeParse(connection).error?.issues ?? []
      return issues.flatMap((issue) => schemaProblems(issue, index))
    }),
    ...ids.flatMap((id, index) =>
      ids.indexOf(id) === index
        ? []
        : [{ option: `connections[${index}].id`, problem: `"${id}" is taken: every upstream needs its own` }],
    ),
    ...routes.flatMap((route, index) =>
      upstreamsOf(route)
        .map(({ connection }) => connection)
        .filter((connection) => connection !== undefined && !ids.includes(connection))
        .map((connection) => ({
          option: `routes[${index}].${route.upstream ? 'upstream' : 'upstreams'}`,
          problem: `names the connection "${connection}", which is not one of connections`,
          remedy: 'Add it there, or remove the name.',
        })),
    ),
  ]
}

function schemaProblems(issue: z.core.$ZodIssue, index: number): readonly ConfigProblem[] {
  const path = ['connections', index, ...issue.path.filter((step) => typeof step !== 'symbol')]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      option: formatJsonPath([...path, key]),
      problem: 'is no known member here',
      remedy: 'Remove it.',
    }))
  }
  return [{ option: formatJsonPath(path), problem: issueSentence(issue).replace(/\.$/, '') }]
}
