import type { SignedIn } from '../browser/session.ts'
import type { Context } from '../context.ts'
import { setupPath } from '../endpoints/setup-path.ts'
import { isRefreshable } from '../grants/is-refreshable.ts'
import { chooserPage } from '../pages/chooser-page.ts'
import { portrayClient } from '../pages/client-portrait.ts'
import { consentPage } from '../pages/consent-page.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { pageResponse } from '../pages/page-response.ts'
import type { Requirement } from '../settings.ts'
import { attemptForm } from './attempt-form.ts'
import type { AttemptState } from './attempt-state.ts'
import { mayRemember } from './remembered-consent.ts'

const day = 86_400

/** Asks the user for the decision. */
export async function showConsent(
  context: Context,
  request: Request,
  { attempt, resource, providers }: AttemptState,
  user: SignedIn,
  requirements: readonly Requirement[],
): Promise<Response> {
  const { settings } = context
  const { transaction } = attempt
  const { client } = transaction
  const frame = pageFrame(settings, request)
  context.emit({
    name: 'consent.asked',
    outcome: 'success',
    traceId: transaction.traceId,
    subject: user.account.subject,
    clientId: client.clientId,
    resource: resource.url,
  })
  const page = consentPage(frame, {
    client: portrayClient(settings, client, transaction.request.redirectUri, frame.translator),
    resource,
    scopes: transaction.request.scopes,
    offline: isRefreshable(client, transaction.request),
    account: user.account,
    providerName: providers.length > 1 ? user.provider.name : undefined,
    requirements,
    rememberDays: mayRemember(settings, transaction)
      ? Math.max(1, Math.round(settings.rememberConsentSeconds / day))
      : undefined,
    ...attemptForm(context, { id: attempt.id, current: user }),
    returnTo: setupPath(settings, attempt.id),
    traceId: transaction.traceId,
  })
  return pageResponse(settings.theme, page)
}

/** Asks the user where to sign in. */
export async function showChooser(
  context: Context,
  request: Request,
  { attempt, resource, providers, current }: AttemptState,
  choice: { readonly anotherAccount: boolean; readonly unknownEmail: boolean },
): Promise<Response> {
  const { settings } = context
  const { client, request: asked, traceId } = attempt.transaction
  const frame = pageFrame(settings, request)
  const { action, fields } = attemptForm(context, { id: attempt.id, current })
  const page = chooserPage(frame, {
    providers,
    asked: {
      client: portrayClient(settings, client, asked.redirectUri, frame.translator),
      resourceName: resource.name,
    },
    form: {
      method: 'post',
      action,
      fields: { ...fields, ...(choice.anotherAccount && { switch: '1' }) },
    },
    unknownEmail: choice.unknownEmail,
    traceId,
  })
  return pageResponse(settings.theme, page)
}
