import { toolDigest } from '@portico/mcp'
import { z } from 'zod'

import type { AcceptedTools } from '../gateway-route.ts'
import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { nearestName } from './nearest-name.ts'

const pinsSchema = z.record(
  z.string(),
  z.record(z.string(), z.strictObject({ digest: z.string(), definition: z.record(z.string(), z.unknown()) })),
)

/** The tools that have been accepted, by id of their route. */
export interface PinsFile {
  readonly accepted: ReadonlyMap<string, AcceptedTools>
  readonly problems: readonly FileProblem[]
  readonly warnings: readonly FileProblem[]
}

/** Reads what `portico pin accept` has written. */
export function readPinsFile(document: JsoncDocument, routeIds: readonly string[]): PinsFile {
  const parsed = pinsSchema.safeParse(document.value)
  if (!parsed.success) {
    const message = 'is not what "portico pin accept" writes: let it write the file anew.'
    const problems = parsed.error.issues.map(({ path }) =>
      document.problemAt(
        path.filter((step) => typeof step !== 'symbol'),
        message,
      ),
    )
    return { accepted: new Map(), problems, warnings: [] }
  }
  const problems: FileProblem[] = []
  const warnings: FileProblem[] = []
  for (const [routeId, tools] of Object.entries(parsed.data)) {
    if (!routeIds.includes(routeId)) {
      const nearest = nearestName(routeId, routeIds)
      const meant = nearest === undefined ? 'remove it.' : `did you mean "${nearest}"?`
      warnings.push(document.problemAt([routeId], `is not the operationId of a route: ${meant}`))
    }
    for (const [name, { digest, definition }] of Object.entries(tools)) {
      if (definition['name'] === name && toolDigest(definition) === digest) continue
      problems.push(
        document.problemAt(
          [routeId, name],
          'has been changed by hand: remove the entry, and look at the tool with "portico pin diff" before you accept it again.',
        ),
      )
    }
  }
  return { accepted: new Map(Object.entries(parsed.data)), problems, warnings }
}
