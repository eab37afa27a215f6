import type { Context as HonoContext } from 'hono'

import type { Context } from './context.ts'

/** One row of a table of endpoints: everything it needs arrives as an argument. */
export type Endpoint = (c: HonoContext, context: Context) => Response | Promise<Response>

/** `METHOD /path` → what answers there. Paths are in Hono's notation. */
export type EndpointTable = Readonly<Record<string, Endpoint>>
