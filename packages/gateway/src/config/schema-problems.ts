import type { z } from 'zod'

import type { FileProblem, JsonPath } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { schemaIssues } from './schema-issues.ts'

/** What a schema found wrong with the value at `path`, as problems of the document. */
export function schemaProblems(
  document: JsoncDocument,
  path: JsonPath,
  error: z.ZodError,
  knownMembers: readonly string[] = [],
): readonly FileProblem[] {
  return schemaIssues(error, knownMembers).map((issue) =>
    document.problemAt([...path, ...issue.path], issue.message),
  )
}

/** The messages of a member that is missing or has the wrong type. */
export function expects(what: string): { readonly error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) => (input === undefined ? `is missing: it must be ${what}.` : `must be ${what}.`),
  }
}
