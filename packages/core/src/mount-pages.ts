import type { Hono } from 'hono'

import { PageProblem } from './browser/page-problem.ts'
import type { Context } from './context.ts'
import { byPath, type Endpoint, type EndpointTable } from './endpoint.ts'
import { identifyAnswer } from './identify-answer.ts'
import { browserHeaders } from './pages/page-response.ts'
import type { problemResponse } from './pages/problem-response.ts'
import { hostRequestId, requestContext } from './request-id.ts'

/**
 * Mounts a table of pages below `prefix`: problems are shown as pages too, and there is no CORS (AS-39). Each path gets one
 * handler: Hono calls a lone handler without composing any.
 */
export function mountPages(app: Hono, prefix: string, table: EndpointTable, context: Context): void {
  for (const [path, methods] of byPath(table)) {
    const allowed = [...methods.keys()]
    // The boundary: every error of a page ends here, and nowhere else.
    const answer: Endpoint = async (c, scoped) => {
      // Never the endpoint of GET for HEAD: some take something, or begin something.
      const endpoint = methods.get(c.req.method)
      try {
        return await (endpoint ? endpoint(c, scoped) : otherMethod(allowed, c, scoped))
      } catch (error) {
        return problemPage(scoped, c.req.raw, error)
      }
    }
    app.all(prefix + path, (c) => identified(answer, c, context))
  }
}

/** Answers one request by its id, which everything that is recorded and told of it carries. */
export async function identified(
  endpoint: Endpoint,
  c: Parameters<Endpoint>[0],
  context: Context,
): Promise<Response> {
  const given = hostRequestId(c)
  const requestId = given ?? context.newRequestId()
  const response = await endpoint(c, requestContext(context, requestId))
  return identifyAnswer(response, requestId, { hostSendsHeader: given !== undefined })
}

async function otherMethod(
  allowed: readonly string[],
  ...[c, context]: Parameters<Endpoint>
): Promise<Response> {
  if (c.req.method === 'HEAD' && allowed.includes('GET')) {
    return new Response(null, { headers: browserHeaders(context.settings.theme) })
  }
  const response = await problemPage(context, c.req.raw, new PageProblem('method_not_allowed'))
  response.headers.set('allow', allowed.join(', '))
  return response
}

/** The pages are loaded when the first of them is shown. */
const problemPage: typeof problemResponse = async (...shown) =>
  (await import('./pages/problem-response.ts')).problemResponse(...shown)
