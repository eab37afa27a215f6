import { z } from 'zod'

import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredPolicy } from './policies-file.ts'
import { expects, schemaProblems } from './schema-problems.ts'

const overwrite = z.boolean('must be true or false.').optional()

const setHeaders = z.strictObject({
  headers: z.array(
    z.strictObject({
      name: z.string(expects('the name of the header')),
      value: z.string(expects('the value of the header')),
      overwrite,
    }),
    expects('a list of { name, value }'),
  ),
})

const removeHeaders = z.strictObject({
  headers: z.array(z.string('must be the name of a header.'), expects('a list of header names')),
})

const upstreamKey = z.strictObject({
  value: z.string(expects('the value of the header, e.g. "Bearer $env(UPSTREAM_API_KEY)"')),
  header: z.string('must be the name of a header.').default('Authorization'),
  overwrite,
})

/** What one header policy does to the requests that go upstream. */
export interface HeaderChange {
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

/** Reads the options of `set-headers-inbound`, `set-upstream-api-key-inbound` and `remove-headers-inbound`. */
export function readHeaderPolicy(
  document: JsoncDocument,
  policy: DeclaredPolicy,
  problems: FileProblem[],
  warnings: FileProblem[],
): HeaderChange {
  const nothing: HeaderChange = { set: new Map(), remove: [] }
  const path = [...policy.path, 'handler', 'options']
  const withoutEffect = (place: readonly (string | number)[]) =>
    warnings.push(
      document.problemAt(
        place,
        "has no effect: a client's own headers never reach the upstream, so there is nothing to keep.",
      ),
    )

  switch (policy.kind.kind) {
    case 'remove-headers': {
      const parsed = removeHeaders.safeParse(policy.options)
      if (parsed.success) return { set: new Map(), remove: parsed.data.headers }
      problems.push(...schemaProblems(document, path, parsed.error, ['headers']))
      return nothing
    }
    case 'upstream-key': {
      const parsed = upstreamKey.safeParse(policy.options)
      if (!parsed.success) {
        problems.push(...schemaProblems(document, path, parsed.error, ['value', 'header', 'overwrite']))
        return nothing
      }
      if (parsed.data.overwrite === false) withoutEffect([...path, 'overwrite'])
      return { set: new Map([[parsed.data.header, parsed.data.value]]), remove: [] }
    }
    case 'set-headers': {
      const parsed = setHeaders.safeParse(policy.options)
      if (!parsed.success) {
        problems.push(
          ...schemaProblems(document, path, parsed.error, ['headers', 'name', 'value', 'overwrite']),
        )
        return nothing
      }
      const { headers } = parsed.data
      for (const [index, header] of headers.entries()) {
        if (header.overwrite === false) withoutEffect([...path, 'headers', index, 'overwrite'])
      }
      return { set: new Map(headers.map(({ name, value }) => [name, value])), remove: [] }
    }
    default:
      return nothing
  }
}
