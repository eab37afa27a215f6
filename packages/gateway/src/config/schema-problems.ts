import type { z } from 'zod'

import type { FileProblem, JsonPath } from './file-problem.ts'
import { issueSentence } from './issue-sentence.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { nearestName } from './nearest-name.ts'

/** What a schema found wrong with the value at `path`, as problems of the document. */
export function schemaProblems(
  document: JsoncDocument,
  path: JsonPath,
  error: z.ZodError,
  knownMembers: readonly string[] = [],
): readonly FileProblem[] {
  return error.issues.flatMap((issue) => {
    const issuePath = [...path, ...issue.path.filter((step) => typeof step !== 'symbol')]
    if (issue.code !== 'unrecognized_keys') return [document.problemAt(issuePath, issueSentence(issue))]
    return issue.keys.map((key) => document.problemAt([...issuePath, key], unknownMember(key, knownMembers)))
  })
}

/** `is not a known member: did you mean …?` */
function unknownMember(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return nearest === undefined
    ? `is not a known member${known.length > 0 ? `: there are ${known.join(', ')}` : ''}. Remove it.`
    : `is not a known member: did you mean "${nearest}"?`
}

/** The messages of a member that is missing or has the wrong type. */
export function expects(what: string): { readonly error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) => (input === undefined ? `is missing: it must be ${what}.` : `must be ${what}.`),
  }
}
