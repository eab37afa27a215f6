import type { ConfigProblem } from '@portico/provider'
import type { z } from 'zod'

import { formatJsonPath, type JsonPath } from './config/file-problem.ts'
import { schemaIssues } from './config/schema-issues.ts'

/**
 * What a schema found wrong with options in code.
 *
 * @param place where the options stand
 * @param known members that may have been meant by an unknown one
 */
export function issueProblems(
  error: z.core.$ZodError | undefined,
  place: JsonPath,
  known: readonly string[],
): readonly ConfigProblem[] {
  if (!error) return []
  return schemaIssues(error, known).map(({ path, message }) => ({
    option: formatJsonPath([...place, ...path]),
    problem: message.replace(/\.$/, ''),
  }))
}
