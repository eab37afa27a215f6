import { createRequestIds, identifyAnswer, type RequestFacts } from '@portico/core'

import type { NamedRequestFacts } from '../origin-fetch.ts'

/** The same answers to requests that nobody has named yet: each gets an id, which its answer carries. */
export function namedFetch(
  answer: (request: Request, facts: NamedRequestFacts) => Promise<Response>,
): (request: Request, facts?: RequestFacts) => Promise<Response> {
  const newRequestId = createRequestIds()
  return async (request, facts) => {
    const requestId = facts?.requestId ?? newRequestId()
    const response = await answer(request, { ...facts, requestId })
    return identifyAnswer(response, requestId, { hostSendsHeader: facts?.requestId !== undefined })
  }
}
