import type { Hono } from 'hono'

import { errorResponse, jsonResponse, preflightResponse } from './api-response.ts'
import type { Context } from './context.ts'
import type { Endpoint, EndpointTable } from './endpoint.ts'

/** How errors and foreign methods of a table are answered. */
export interface MountStyle {
  /** The boundary: every error of an endpoint ends here, and nowhere else. */
  readonly onError: (error: unknown, ...args: Parameters<Endpoint>) => Response | Promise<Response>
  /** AS-72 for what programs call; AS-39 forbids it for what browsers show. */
  readonly cors: boolean
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
    app.all(prefix + path, async (c) => {
      const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
      const endpoint = methods.get(method)
      try {
        if (endpoint) return await endpoint(c, context)
        if (method === 'OPTIONS' && style.cors) return preflightResponse(allowed)
        return methodNotAllowed(allowed)
      } catch (error) {
        return style.onError(error, c, context)
      }
    })
  }
}

/** For endpoints that programs call: JSON errors, and an audit event when the failure is the server's own. */
export const apiStyle: MountStyle = {
  cors: true,
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
