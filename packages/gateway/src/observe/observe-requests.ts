import type { NamedRequestFacts } from '../origin-fetch.ts'
import { observeAnswer } from './observe-answer.ts'
import type { Activity, RequestOperation } from './observer.ts'

/** A request, as far as those who watch are told of it. */
export interface ObservedRequest extends Pick<RequestOperation, 'method' | 'header' | 'requestId'> {
  /** Without the query. */
  readonly path: string
  readonly host: string | undefined
}

type Answer = (request: Request, facts: NamedRequestFacts) => Promise<Response>

/** Asked every few seconds by machines, about nobody's business. */
const probes = new Set(['/healthz', '/readyz'])

/** The same answers, with every request but probes as an operation. */
export function observeRequests(
  begin: (request: ObservedRequest) => Activity | undefined,
  answer: Answer,
): Answer {
  return (request, facts) => {
    const { pathname: path, host } = new URL(request.url)
    if (probes.has(path)) return answer(request, facts)
    const { method, headers } = request
    const header = (name: string) => headers.get(name) ?? undefined
    const { requestId } = facts
    const activity = begin({ method, path, host: header('host') ?? host, header, requestId })
    return activity ? observeAnswer(activity, () => answer(request, facts)) : answer(request, facts)
  }
}
