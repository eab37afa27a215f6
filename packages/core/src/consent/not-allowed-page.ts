import { html } from 'hono/html'

import type { Attempt } from '../authorize/transaction.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { signedIn } from '../browser/session.ts'
import type { Context } from '../context.ts'
import { errorPage } from '../pages/error-page.ts'
import { hiddenFields } from '../pages/form-fields.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { pageResponse } from '../pages/page-response.ts'
import { attemptForm } from './attempt-form.ts'

/** The account is refused, but the attempt is not over: another account may be allowed. */
export async function notAllowedPage(
  context: Context,
  request: Request,
  attempt: Attempt,
): Promise<Response> {
  const { settings } = context
  const frame = pageFrame(settings, request)
  const { text } = frame.translator
  const { action, fields } = attemptForm(context, {
    id: attempt.id,
    current: await signedIn(context, request),
  })
  const problem = new PageProblem('account_not_allowed')
  const actions = html`<form method="post" action="${action}">
    ${hiddenFields({ ...fields, switch: '1' })}
    <div class="stack">
      <button class="primary" name="decision" value="continue">${text('error.otherAccount')}</button>
      <button name="decision" value="cancel">${text('consent.cancel')}</button>
    </div>
  </form>`
  const page = errorPage(frame, {
    problem,
    reference: attempt.transaction.traceId,
    advice: undefined,
    actions,
  })
  return pageResponse(settings.theme, page, { status: problem.status })
}
