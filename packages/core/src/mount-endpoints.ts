import type { Hono } from 'hono'

import { errorResponse, jsonResponse, preflightResponse } from './api-response.ts'
import { PageProblem } from './browser/page-problem.ts'
import type { Context } from './context.ts'
import type { Endpoint, EndpointTable } from './endpoint.ts'
import { identifyAnswer } from './identify-answer.ts'
import { browserHeaders } from './pages/page-response.ts'
import type { problemResponse } from './pages/problem-response.ts'
import { hostRequestId, requestContext } from './request-id.ts'

/** How errors and foreign methods of a table are answered. */
export interface MountStyle {
  /** The boundary: every error of an endpoint ends here, and nowhere else. */
  readonly onError: (error: unknown, ...args: Parameters<Endpoint>) => Response | Promise<Response>
  /** Answers a method that no endpoint of the path has, `OPTIONS` and where need be `HEAD` among them. */
  readonly onOtherMethod: (
    allowed: readonly string[],
    ...args: Parameters<Endpoint>
  ) => Response | Promise<Response>
  /** Whether `HEAD` may run the endpoint of `GET`: not where a GET takes something or begins something. */
  readonly headRunsGet: boolean
}

/** Mounts a table below `prefix`. Each path gets one handler: Hono calls a lone handler without composing any. */
export function mountEndpoints(
  app: Hono,
  prefix: string,
  table: EndpointTable,
  context: Context,
  style: MountStyle,
): void {
  for (const [path, methods] of byPath(table)) {
    const allowed = [...methods.keys()]
    const answer: Endpoint = async (c, scoped) => {
      const method = c.req.method === 'HEAD' && style.headRunsGet ? 'GET' : c.req.method
      const endpoint = methods.get(method)
      try {
        return await (endpoint ? endpoint(c, scoped) : style.onOtherMethod(allowed, c, scoped))
      } catch (error) {
        return style.onError(error, c, scoped)
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

/** For endpoints that programs call: JSON errors, and an audit event when the failure is the server's own. */
export const apiStyle: MountStyle = {
  headRunsGet: true,
  // AS-72.
  onOtherMethod: (allowed, c) =>
    c.req.method === 'OPTIONS' ? preflightResponse(allowed) : methodNotAllowed(allowed),
  onError: (error, c, context) => {
    const response = errorResponse(error)
    if (response.status >= 500) {
      context.emit({
        name: 'server.failed',
        outcome: 'failure',
        reason: error instanceof Error ? error.name : 'unknown',
        detail: { path: c.req.path },
        cause: error,
      })
    }
    return response
  },
}

/** For endpoints that browsers show: pages for everything, and no CORS (AS-39). */
export const pageStyle: MountStyle = {
  headRunsGet: false,
  onOtherMethod: async (allowed, c, context) => {
    if (c.req.method === 'HEAD' && allowed.includes('GET')) {
      return new Response(null, { headers: browserHeaders(context.settings.theme) })
    }
    const response = await problemPage(context, c.req.raw, new PageProblem('method_not_allowed'))
    response.headers.set('allow', allowed.join(', '))
    return response
  },
  onError: (error, c, context) => problemPage(context, c.req.raw, error),
}

/** The pages are loaded when the first of them is shown. */
const problemPage: typeof problemResponse = async (...shown) =>
  (await import('./pages/problem-response.ts')).problemResponse(...shown)

function methodNotAllowed(allowed: readonly string[]): Response {
  const allow = allowed.join(', ')
  return jsonResponse(
    { error: 'invalid_request', error_description: `Only ${allow} is answered here.` },
    405,
    { allow },
  )
}

function byPath(table: EndpointTable): Map<string, Map<string, Endpoint>> {
  const paths = new Map<string, Map<string, Endpoint>>()
  for (const [row, endpoint] of Object.entries(table)) {
    const [method = '', path = ''] = row.split(' ')
    const methods = paths.get(path) ?? new Map<string, Endpoint>()
    methods.set(method, endpoint)
    paths.set(path, methods)
  }
  return paths
}
