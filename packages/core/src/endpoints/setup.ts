import type { AuthorizationEventName } from '../authorization-events.ts'
import { addressOf } from '../authorize/answer-address.ts'
import { deliver } from '../authorize/deliver.ts'
import { errorOutcome, type Outcome } from '../authorize/outcome.ts'
import { findTransaction, outcomeOf, settle } from '../authorize/transaction.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { readFields } from '../browser/read-fields.ts'
import { refuseCrossSiteForm } from '../browser/refuse-cross-site-form.ts'
import type { SignedIn } from '../browser/session.ts'
import { approve } from '../consent/approve.ts'
import { isAttemptForm } from '../consent/attempt-form.ts'
import { attemptLogin } from '../consent/attempt-login.ts'
import { showChooser, showConsent } from '../consent/attempt-pages.ts'
import { type AttemptState, attemptState, requirementsOf } from '../consent/attempt-state.ts'
import { isRemembered, recordConsent } from '../consent/remembered-consent.ts'
import type { Context } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'
import { obviousProvider } from '../login/choose-provider.ts'
import { OAuthError } from '../oauth-error.ts'
import { seeOther } from '../pages/page-response.ts'
import { setupPath } from './setup-path.ts'

/** The next thing an attempt needs: a sign-in, a decision, or nothing more. Looking changes nothing (SEC-04). */
export const setup: Endpoint = async (c, context) => {
  const request = c.req.raw
  const attempt = await findTransaction(context, request, c.req.query('transaction'))
  const settled = await outcomeOf(context, attempt)
  if (settled) return answer(context, request, attempt.transaction, settled, true)
  const state = await attemptState(context, request, attempt)
  const { user } = state
  const silent = attempt.transaction.request.prompt.includes('none')
  if (!user) return silent ? refuse(context, request, state, loginRequired) : signIn(context, request, state)

  const requirements = await requirementsOf(context, user, state.resource)
  const complete = requirements.every(({ connected }) => connected)
  if (complete && (await isRemembered(context, attempt.transaction, user.account.subject))) {
    emitConsent(context, state, user, 'consent.remembered')
    const outcome = await approve(context, attempt, user)
    return answer(context, request, attempt.transaction, outcome, false)
  }
  if (silent) return refuse(context, request, state, complete ? consentRequired : interactionRequired)
  return showConsent(context, request, state, user, requirements)
}

/** A decision: `continue` (sign in, or as somebody else), `approve` or `cancel`. */
export const decide: Endpoint = async (c, context) => {
  const request = c.req.raw
  refuseCrossSiteForm(context.settings, request)
  const form = await readFields(request)
  const attempt = await findTransaction(context, request, form.get('transaction') ?? undefined)
  const state = await attemptState(context, request, attempt)
  const { traceId } = attempt.transaction
  const here = setupPath(context.settings, attempt.id)
  if (!isAttemptForm(context, form, { id: attempt.id, current: state.current })) {
    throw new PageProblem('form_outdated', { traceId, retry: here })
  }
  const settled = await outcomeOf(context, attempt)
  if (settled) return answer(context, request, attempt.transaction, settled, false)

  const decision = form.get('decision')
  if (decision === 'cancel') return refuse(context, request, state, denied)
  if (decision === 'approve' && state.user) return allow(context, request, state, state.user, form)
  if (decision === 'approve') return seeOther(context.settings.theme, here)
  return signIn(context, request, state, form)
}

async function allow(
  context: Context,
  request: Request,
  state: AttemptState,
  user: SignedIn,
  form: URLSearchParams,
): Promise<Response> {
  const { attempt, resource } = state
  const requirements = await requirementsOf(context, user, resource)
  if (!requirements.every(({ connected }) => connected)) {
    return seeOther(context.settings.theme, setupPath(context.settings, attempt.id))
  }
  await recordConsent(context, attempt.transaction, user.account.subject, form.get('remember') === '1')
  const outcome = await approve(context, attempt, user)
  emitConsent(context, state, user, 'consent.approved')
  return answer(context, request, attempt.transaction, outcome, false)
}

/** To the provider that the user chose, that the request names, or that is the only one; else asks. */
async function signIn(
  context: Context,
  request: Request,
  state: AttemptState,
  form = new URLSearchParams(),
): Promise<Response> {
  const { attempt, providers } = state
  const { provider: wanted, loginHint } = attempt.transaction.request
  const email = form.get('email') || undefined
  const anotherAccount = form.get('switch') === '1'
  const chosen = form.get('provider') ?? undefined
  const provider = obviousProvider(providers, {
    id: chosen ?? (anotherAccount ? undefined : wanted),
    email: email ?? (anotherAccount ? undefined : loginHint),
  })
  if (provider) return attemptLogin(context, attempt, provider, { anotherAccount, email })
  return showChooser(context, request, state, { anotherAccount, unknownEmail: email !== undefined })
}

const denied = new OAuthError('access_denied', 'The user did not allow access.')
const loginRequired = new OAuthError('login_required', 'The user has to sign in.')
const consentRequired = new OAuthError('consent_required', 'The user has to allow access.')
const interactionRequired = new OAuthError('interaction_required', 'The user has to connect an account.')

/** Ends the attempt by an error that the client is told about. */
async function refuse(
  context: Context,
  request: Request,
  { attempt, current }: AttemptState,
  error: OAuthError,
): Promise<Response> {
  const { transaction } = attempt
  const outcome = await settle(
    context,
    attempt,
    errorOutcome(context.settings, addressOf(transaction), error),
  )
  context.emit({
    name: error === denied ? 'consent.denied' : 'authorization.refused',
    outcome: 'denied',
    traceId: transaction.traceId,
    subject: current?.account.subject,
    clientId: transaction.request.clientId,
    resource: transaction.request.resource,
    reason: error.code,
  })
  return answer(context, request, transaction, outcome, false)
}

/** Back to the client. A POST ends in a redirect either way (AS-38): to the client, or to the last page. */
function answer(
  context: Context,
  request: Request,
  { client, traceId }: AttemptState['attempt']['transaction'],
  outcome: Outcome,
  again: boolean,
): Promise<Response> {
  return deliver(context, request, { outcome, client, traceId, again })
}

function emitConsent(
  context: Context,
  { attempt }: AttemptState,
  user: SignedIn,
  name: AuthorizationEventName,
): void {
  const { traceId, request } = attempt.transaction
  context.emit({
    name,
    outcome: 'success',
    traceId,
    subject: user.account.subject,
    clientId: request.clientId,
    resource: request.resource,
    detail: { scope: request.scopes.join(' '), redirectHost: hostOf(request.redirectUri) },
  })
}

function hostOf(uri: string): string {
  const { host, protocol } = new URL(uri)
  return host || protocol
}
