import { addressOf } from '../authorize/answer-address.ts'
import { deliver } from '../authorize/deliver.ts'
import { errorOutcome } from '../authorize/outcome.ts'
import { type Attempt, findTransaction, noteSignIn, settle } from '../authorize/transaction.ts'
import { releaseBrowser } from '../browser/browser-binding.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { readFields } from '../browser/read-fields.ts'
import { notAllowedPage } from '../consent/not-allowed-page.ts'
import type { Context } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'
import { type AnsweredLogin, finishLogin, takeLogin } from '../login/finish-login.ts'
import { type LoginFailure, loginFailure } from '../login/login-failure.ts'
import { knownParameters, parseProviderAnswer } from '../login/provider-answer.ts'
import { UpstreamError } from '../oauth-error.ts'
import { seeOther } from '../pages/page-response.ts'
import type { Settings } from '../settings.ts'
import { setupPath } from './setup-path.ts'

const answerSeal = ['provider-answer']

/**
 * A provider's answer by `form_post` comes as a POST from another site, which brings no `SameSite=Lax` cookies. It is
 * sent on to itself as a GET, sealed: codes do not belong in URLs that are logged.
 */
export const callbackByPost: Endpoint = async (c, { settings, vault }) => {
  const parameters = knownParameters(await readFields(c.req.raw))
  const answer = await vault.seal(parameters.toString(), answerSeal)
  const { pathname } = new URL(c.req.url)
  return seeOther(settings.theme, `${pathname}?${new URLSearchParams({ answer }).toString()}`)
}

/** Where a provider sends the browser back to. */
export const callback: Endpoint = async (c, context) => {
  const request = c.req.raw
  const answer = parseProviderAnswer(await answerParameters(context, new URL(request.url).searchParams))
  const answered = await takeLogin(context, request, c.req.param('provider'), answer)
  const { login, provider } = answered
  const { traceId } = login
  const attempt =
    login.transaction === undefined ? undefined : await findTransaction(context, request, login.transaction)
  try {
    const { account, sessionId, cookie } = await finishLogin(context, request, answered)
    context.emit({
      name: 'login.succeeded',
      outcome: 'success',
      traceId,
      subject: account.subject,
      ...clientOf(attempt),
      detail: { provider: provider.id },
    })
    if (attempt) await noteSignIn(context, attempt, sessionId)
    return seeOther(context.settings.theme, next(context.settings, answered), [
      cookie,
      ...(attempt ? [] : [releaseBrowser(context, login.browser)]),
    ])
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const failure = loginFailure(error)
    context.emit({
      name: 'login.failed',
      outcome: failure.error.code === 'access_denied' ? 'denied' : 'failure',
      traceId,
      reason: failure.reason,
      cause: error,
      ...clientOf(attempt),
      detail: { provider: provider.id, problem: error.message },
    })
    return failed(context, request, answered, attempt, failure)
  }
}

async function answerParameters({ vault }: Context, parameters: URLSearchParams): Promise<URLSearchParams> {
  const sealed = parameters.get('answer')
  if (sealed === null) return parameters
  try {
    return new URLSearchParams(await vault.open(sealed, answerSeal))
  } catch (cause) {
    throw new PageProblem('provider_answer_invalid', { cause })
  }
}

/** A failed login ends the authorization, except where another account may do better (IDP-11). */
async function failed(
  context: Context,
  request: Request,
  answered: AnsweredLogin,
  attempt: Attempt | undefined,
  { problem, error }: LoginFailure,
): Promise<Response> {
  const { settings } = context
  const { traceId } = answered.login
  if (!attempt) {
    const retry = { return_to: next(settings, answered), switch: '1' }
    throw new PageProblem(problem, {
      cause: error,
      traceId,
      retry: `${settings.basePath}/login?${new URLSearchParams(retry).toString()}`,
    })
  }
  if (problem === 'account_not_allowed') return notAllowedPage(context, request, attempt)
  const { transaction } = attempt
  const outcome = await settle(
    context,
    attempt,
    errorOutcome(settings, addressOf(transaction), error, problem),
  )
  return deliver(context, request, { outcome, client: transaction.client, traceId })
}

/** The page that wanted somebody signed in. */
function next(settings: Settings, { login }: AnsweredLogin): string {
  return login.transaction === undefined ? (login.returnTo ?? '/') : setupPath(settings, login.transaction)
}

function clientOf(attempt: Attempt | undefined): { clientId?: string; resource?: string } {
  if (!attempt) return {}
  const { clientId, resource } = attempt.transaction.request
  return { clientId, resource }
}
