import { StorageUnavailableError } from '@portico/storage'

import { PageProblem } from '../browser/page-problem.ts'
import { newTraceId } from '../browser/trace-id.ts'
import type { Context } from '../context.ts'
import { RateLimitError } from '../limits/rate-limits.ts'
import { OAuthError } from '../oauth-error.ts'
import { errorPage } from './error-page.ts'
import type { Pages } from './own-pages.ts'
import { pageFrame } from './page-frame.ts'
import { pageResponse } from './page-response.ts'

/**
 * The one place where an error becomes a page. Only {@link PageProblem} speaks for itself; of everything else the outside
 * learns a reference, under which the audit trail has the rest.
 */
export async function problemResponse(context: Context, request: Request, error: unknown): Promise<Response> {
  const problem = toPageProblem(error)
  const reference = problem.traceId ?? newTraceId(context)
  context.emit({
    name: problem.status >= 500 ? 'server.failed' : 'page.refused',
    outcome: problem.status >= 500 ? 'failure' : 'denied',
    traceId: reference,
    reason: problem.code,
    cause: problem.cause ?? error,
    detail: { path: new URL(request.url).pathname, ...(problem.detail && { problem: problem.detail }) },
  })
  const { settings } = context
  const respond = (pages: Pages): Promise<Response> => {
    const page = errorPage(pageFrame({ ...settings, pages }, request), {
      problem,
      reference,
      advice: problem.advice,
    })
    return pageResponse(settings.theme, page, { status: problem.status })
  }
  const response = await respond(settings.pages).catch((cause: unknown) => {
    context.emit({ name: 'server.failed', outcome: 'failure', traceId: reference, reason: 'own_page', cause })
    // Somebody who is told nothing cannot ask anybody either.
    return respond({})
  })
  const retryAfter = (error instanceof OAuthError ? error.headers['retry-after'] : undefined) ?? '5'
  if (problem.status === 503 || problem.status === 429) response.headers.set('retry-after', retryAfter)
  return response
}

function toPageProblem(error: unknown): PageProblem {
  if (error instanceof PageProblem) return error
  if (error instanceof RateLimitError) return new PageProblem('too_many_requests', { cause: error })
  const isTemporary =
    error instanceof StorageUnavailableError ||
    (error instanceof OAuthError && error.code === 'temporarily_unavailable')
  return new PageProblem(isTemporary ? 'temporarily_unavailable' : 'server_error', { cause: error })
}
