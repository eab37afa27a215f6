import type { RequestFacts } from '@portico/core'
import { Hono } from 'hono'

import type { GatewayOptions } from '../gateway-options.ts'
import type { HostedGateway } from '../hosting/hosted-gateway.ts'
import { namedFetch } from '../hosting/named-fetch.ts'
import { failure, refuse, text } from '../json-answers.ts'
import { mountAdminApi } from './admin-api.ts'
import type { AdminContext, AdminEnvironment } from './admin-context.ts'
import { adminOrigins } from './admin-origin.ts'
import { mountAdminPages } from './admin-pages.ts'
import { tokenCheck } from './admin-token.ts'
import { countWrongTokens } from './wrong-tokens.ts'

/**
 * The operators' side of a gateway, for a listener of its own: nothing of it is answered where users come in (J04). Answers
 * 404 to everything that is not switched on.
 */
export function createAdmin(
  context: AdminContext,
  { admin = {}, metrics }: Pick<GatewayOptions, 'admin' | 'metrics'>,
): HostedGateway {
  const { now } = context.server.context
  const originOf = adminOrigins(admin.url)
  const app = new Hono<AdminEnvironment>()
  app.notFound(() => refuse(404, 'not_found', 'There is nothing at this address.'))
  app.onError((error, { env }) => {
    const refusal = failure(error)
    if (refusal.status >= 500) {
      const { emit } = context.server.forRequest(env).context
      emit({ name: 'server.failed', outcome: 'failure', cause: error })
    }
    return refusal
  })
  if (metrics) {
    app.get('/metrics', async () => text(metrics.contentType, await metrics.text()))
  }
  if (admin.token !== undefined) {
    const checkToken = tokenCheck(context.server, admin.token, countWrongTokens(now))
    mountAdminApi(app, context, checkToken)
    mountAdminPages(app, context, { token: admin.token, checkToken })
  }
  const answer = async (request: Request, facts: RequestFacts): Promise<Response> => {
    const origin = originOf(request.headers.get('host') ?? new URL(request.url).host)
    if (origin === undefined) {
      const description =
        'The Host header names another machine: set admin.url (PORTICO_ADMIN_URL) to the origin that operators use.'
      return refuse(403, 'forbidden', description)
    }
    return app.fetch(request, { ...facts, origin })
  }
  return {
    fetch: namedFetch(answer),
    originFor: () => undefined,
    close: () => Promise.resolve(),
    finish: () => Promise.resolve(),
  }
}
