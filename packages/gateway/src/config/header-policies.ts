import { z } from 'zod'

import type { FileProblem, JsonPath } from './file-problem.ts'
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

/** What the header policies of a file amount to. */
export interface HeaderPolicies {
  /** By name of their policy. */
  readonly changes: ReadonlyMap<string, HeaderChange>
  readonly problems: readonly FileProblem[]
  readonly warnings: readonly FileProblem[]
}

/** Reads the options of `set-headers-inbound`, `set-upstream-api-key-inbound` and `remove-headers-inbound`. */
export function readHeaderPolicies(
  document: JsoncDocument,
  policies: readonly DeclaredPolicy[],
): HeaderPolicies {
  const changes = new Map<string, HeaderChange>()
  const problems: FileProblem[] = []
  const warnings: FileProblem[] = []
  for (const policy of policies) {
    const read = readHeaderPolicy(policy)
    if (read === undefined) continue
    const path = [...policy.path, 'handler', 'options']
    if ('error' in read) {
      problems.push(...schemaProblems(document, path, read.error, read.members))
      continue
    }
    changes.set(policy.name, read.change)
    for (const place of read.withoutEffect) {
      const message =
        "has no effect: a client's own headers never reach the upstream, so there is nothing to keep."
      warnings.push(document.problemAt([...path, ...place], message))
    }
  }
  return { changes, problems, warnings }
}

type ReadPolicy =
  | { readonly change: HeaderChange; readonly withoutEffect: readonly JsonPath[] }
  | { readonly error: z.ZodError; readonly members: readonly string[] }

/** @returns `undefined` for a policy that is not about headers */
function readHeaderPolicy({ kind, options }: DeclaredPolicy): ReadPolicy | undefined {
  switch (kind.kind) {
    case 'remove-headers': {
      const { data, error } = removeHeaders.safeParse(options)
      if (error) return { error, members: ['headers'] }
      return { change: { set: new Map(), remove: data.headers }, withoutEffect: [] }
    }
    case 'upstream-key': {
      const { data, error } = upstreamKey.safeParse(options)
      if (error) return { error, members: ['value', 'header', 'overwrite'] }
      const change = { set: new Map([[data.header, data.value]]), remove: [] }
      return { change, withoutEffect: data.overwrite === false ? [['overwrite']] : [] }
    }
    case 'set-headers': {
      const { data, error } = setHeaders.safeParse(options)
      if (error) return { error, members: ['headers', 'name', 'value', 'overwrite'] }
      const set = new Map(data.headers.map(({ name, value }) => [name, value]))
      const withoutEffect = data.headers.flatMap(({ overwrite: replaces }, index) =>
        replaces === false ? [['headers', index, 'overwrite']] : [],
      )
      return { change: { set, remove: [] }, withoutEffect }
    }
    default:
      return undefined
  }
}
