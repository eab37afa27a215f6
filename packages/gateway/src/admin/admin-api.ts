import type { Hono } from 'hono'

import { refuse } from '../json-answers.ts'
import { type AdminContext, type AdminEnvironment, onBehalfOf } from './admin-context.ts'
import type { CheckToken } from './admin-token.ts'
import { connection, connections } from './connections.ts'
import { revocations } from './revocations.ts'
import { trace, traces } from './traces.ts'
import { user, userConnection, userGrant, users } from './users.ts'

/** One method of one path below `/admin/api`. */
export interface AdminEndpoint {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** As Hono writes it: `/users/:subject`. */
  readonly path: string
  readonly answer: (context: AdminContext, call: AdminCall) => Promise<Response>
}

/** One request of an operator's program. */
export interface AdminCall {
  readonly request: Request
  readonly url: URL
  /** By name of the placeholder in the path; empty for one that the path has not. */
  readonly parameter: (name: string) => string
}

const prefix = '/admin/api'
const endpoints: readonly AdminEndpoint[] = [
  users,
  user,
  userGrant,
  userConnection,
  connections,
  connection,
  revocations,
  traces,
  trace,
]

/** What an operator's programs may do, by the admin token as a bearer token. */
export function mountAdminApi(
  app: Hono<AdminEnvironment>,
  context: AdminContext,
  checkToken: CheckToken,
): void {
  app.use(`${prefix}/*`, async (c, next) => {
    const [, shown] = /^bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    const outcome = checkToken(shown, c.env)
    if (outcome === 'right') return next()
    if (outcome === 'wrong') {
      return refuse(401, 'unauthorized', 'Send the admin token as a bearer token.', {
        'www-authenticate': 'Bearer realm="admin"',
      })
    }
    const seconds = String(outcome.waitSeconds)
    return refuse(429, 'temporarily_unavailable', `Too many wrong tokens. Try again in ${seconds} seconds.`, {
      'retry-after': seconds,
    })
  })
  for (const { method, path, answer } of endpoints) {
    app.on(method, prefix + path, ({ req, env }) =>
      answer(onBehalfOf(context, env), {
        request: req.raw,
        url: new URL(req.url),
        parameter: (name) => req.param(name) ?? '',
      }),
    )
  }
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const methods = endpoints.filter((endpoint) => endpoint.path === path).map(({ method }) => method)
    const allow = methods.join(', ')
    app.all(prefix + path, () => refuse(405, 'method_not_allowed', `Use ${allow}.`, { allow }))
  }
}
