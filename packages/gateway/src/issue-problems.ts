import type { ConfigProblem } from '@portico/provider'
import type { z } from 'zod'

import { formatJsonPath, type JsonPath } from './config/file-problem.ts'
import { issueSentence } from './config/issue-sentence.ts'

/** What a schema found wrong with options in code. */
export function issueProblems(issue: z.core.$ZodIssue, before: JsonPath = []): readonly ConfigProblem[] {
  const path = [...before, ...issue.path.filter((step) => typeof step !== 'symbol')]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      option: formatJsonPath([...path, key]),
      problem: 'is no known member here',
      remedy: 'Remove it.',
    }))
  }
  return [{ option: formatJsonPath(path), problem: issueSentence(issue).replace(/\.$/, '') }]
}
