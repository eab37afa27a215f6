import type { Context as HonoContext } from 'hono'

import type { Context } from './context.ts'

/** A page, or a step between pages: one row of a table, and everything it needs arrives as an argument. */
export type Endpoint = (c: HonoContext, context: Context) => Response | Promise<Response>

/** `METHOD /path` → what answers there. Paths are in Hono's notation. */
export type EndpointTable = Readonly<Record<string, Endpoint>>

/** The rows of a table by path, and then by method. */
export function byPath<Row>(table: Readonly<Record<string, Row>>): Map<string, Map<string, Row>> {
  const paths = new Map<string, Map<string, Row>>()
  for (const [place, row] of Object.entries(table)) {
    const [method = '', path = ''] = place.split(' ')
    const methods = paths.get(path) ?? new Map<string, Row>()
    methods.set(method, row)
    paths.set(path, methods)
  }
  return paths
}
