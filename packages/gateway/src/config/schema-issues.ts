import type { z } from 'zod'

import { issueSentence } from './issue-sentence.ts'
import { nearestName } from './nearest-name.ts'

/** A mistake that a schema has found. */
export interface SchemaIssue {
  /** Where below the value that was parsed. */
  readonly path: readonly (string | number)[]
  /** Continues a sentence that begins with the place; with its remedy, and a full stop or question mark. */
  readonly message: string
}

/**
 * What a schema has found wrong, in words for the operator.
 *
 * @param known members that may have been meant by an unknown one
 */
export function schemaIssues(
  { issues }: Pick<z.core.$ZodError, 'issues'>,
  known: readonly string[],
): readonly SchemaIssue[] {
  return issues.flatMap((issue) => placedIssues(issue, known, []))
}

function placedIssues(
  issue: z.core.$ZodIssue,
  known: readonly string[],
  above: SchemaIssue['path'],
): readonly SchemaIssue[] {
  const path = [...above, ...issue.path.filter((step) => typeof step !== 'symbol')]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownMember(key, known) }))
  }
  // What takes a text or an object was meant as an object: what is wrong inside says more than that it is no text.
  const inside = issue.code === 'invalid_union' ? (issue.errors.at(-1) ?? []) : []
  const isInside = inside.some((each) => each.path.length > 0 || each.code === 'unrecognized_keys')
  return isInside
    ? inside.flatMap((each) => placedIssues(each, known, path))
    : [{ path, message: issueSentence(issue) }]
}

function unknownMember(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  // A name that is known elsewhere is no proposal for here.
  return nearest === undefined || nearest === name
    ? 'is not a known member here. Remove it.'
    : `is not a known member: did you mean "${nearest}"?`
}
