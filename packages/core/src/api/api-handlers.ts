import type { Context } from '../context.ts'
import { byPath } from '../endpoint.ts'
import { identifyBodyOf } from '../identify-answer.ts'
import { requestContext } from '../request-id.ts'
import { errorAnswer, methodNotAllowed, preflightAnswer } from './api-answer.ts'
import type { ApiAnswer } from './api-answer.ts'
import type { ApiEndpoint, ApiEndpointTable, ApiHandler } from './api-endpoint.ts'
import type { ApiRequest } from './api-request.ts'

/** What answers at each path of a table below `prefix`. */
export function apiHandlers(
  prefix: string,
  table: ApiEndpointTable,
  context: Context,
): ReadonlyMap<string, ApiHandler> {
  return new Map([...byPath(table)].map(([path, methods]) => [prefix + path, apiHandler(methods, context)]))
}

/** The boundary: every error of an endpoint for programs ends here, and nowhere else. */
function apiHandler(methods: ReadonlyMap<string, ApiEndpoint>, context: Context): ApiHandler {
  const allowed = [...methods.keys()]
  return (request) => {
    const { method, requestId } = request
    const endpoint = methods.get(method === 'HEAD' ? 'GET' : method)
    // AS-72.
    if (!endpoint && method === 'OPTIONS') return preflightAnswer(allowed)
    if (!endpoint) return identifyBodyOf(methodNotAllowed(allowed), requestId)
    const scoped = requestContext(context, requestId)
    const fail = (error: unknown): ApiAnswer => identifyBodyOf(failed(error, request, scoped), requestId)
    try {
      const answer = endpoint(request, scoped)
      return answer instanceof Promise ? answer.catch(fail) : answer
    } catch (error) {
      return fail(error)
    }
  }
}

function failed(error: unknown, { path }: ApiRequest, context: Context): ApiAnswer {
  const answer = errorAnswer(error)
  if (answer.status >= 500) {
    context.emit({
      name: 'server.failed',
      outcome: 'failure',
      reason: error instanceof Error ? error.name : 'unknown',
      detail: { path },
      cause: error,
    })
  }
  return answer
}
