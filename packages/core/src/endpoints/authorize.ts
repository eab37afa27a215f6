import { AuthorizationError } from '../authorize/authorization-error.ts'
import { checkRequest } from '../authorize/check-request.ts'
import { deliver } from '../authorize/deliver.ts'
import { errorOutcome } from '../authorize/outcome.ts'
import { pushedParameters } from '../authorize/pushed-request.ts'
import { repeatableParameters } from '../authorize/repeatable-parameters.ts'
import { routeOfPath } from '../authorize/route-of-path.ts'
import { beginTransaction } from '../authorize/transaction.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { readFields } from '../browser/read-fields.ts'
import { newTraceId } from '../browser/trace-id.ts'
import type { Endpoint } from '../endpoint.ts'
import { clientAdvice } from '../pages/client-advice.ts'
import { seeOther } from '../pages/page-response.ts'
import { setupPath } from './setup-path.ts'

/**
 * The authorization endpoint (OAuth 2.1 §4.1.1): checks everything, then begins a transaction and sends the browser on to
 * `/setup`. Nobody is asked anything here, so a POST from another site, which brings no cookies, works as well.
 */
export const authorize: Endpoint = async (c, context) => {
  const { settings, now } = context
  const request = c.req.raw
  const traceId = newTraceId(context)
  const source = request.method === 'POST' ? await readFields(request) : new URL(request.url).searchParams
  const named = repeatableParameters(source)
  try {
    const route = routeOfPath(settings, new URL(request.url).pathname, '/authorize')
    if (route === 'unknown') throw new PageProblem('unknown_resource')
    const { parameters, pushed } = await pushedParameters(context, named, route)
    const checked = await checkRequest({ context, parameters, route, pushed })
    const { id, cookies } = await beginTransaction(context, request, {
      ...checked,
      traceId,
      createdAt: now(),
      crossSite: !['none', 'same-origin'].includes(request.headers.get('sec-fetch-site') ?? ''),
    })
    context.emit({
      name: 'authorization.started',
      outcome: 'success',
      traceId,
      clientId: checked.client.clientId,
      resource: checked.request.resource,
    })
    return seeOther(settings.theme, setupPath(settings, id), cookies)
  } catch (error) {
    if (error instanceof AuthorizationError) {
      const { address } = error
      context.emit({
        name: 'authorization.refused',
        outcome: 'denied',
        traceId,
        clientId: address.client.clientId,
        reason: error.code,
        detail: { problem: error.message },
      })
      const outcome = errorOutcome(settings, address, error)
      return deliver(context, request, { outcome, client: address.client, traceId })
    }
    if (error instanceof PageProblem) {
      throw error.within({
        traceId,
        advice: clientAdvice([named.get('client_id'), named.get('redirect_uri')]),
      })
    }
    throw error
  }
}
