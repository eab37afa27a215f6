import { csrfToken, type FormBinding, isCsrfToken } from '../browser/csrf-token.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { readFields } from '../browser/read-fields.ts'
import { refuseCrossSiteForm } from '../browser/refuse-cross-site-form.ts'
import { type SignedIn, signedIn } from '../browser/session.ts'
import { requirementsOf } from '../consent/attempt-state.ts'
import type { Context } from '../context.ts'
import { approveDevice } from '../device/approve-device.ts'
import { displayUserCode, parseUserCode } from '../device/user-code.ts'
import { decideDevice, waitingDevice } from '../device/waiting-device.ts'
import type { Endpoint } from '../endpoint.ts'
import { isRefreshable } from '../grants/is-refreshable.ts'
import { requireSignIn } from '../login/begin-sign-in.ts'
import { allowedProviders } from '../login/choose-provider.ts'
import { deviceConsentPage, deviceDonePage, enterCodePage } from '../pages/device-pages.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { pageResponse, seeOther } from '../pages/page-response.ts'
import type { DeviceRecord } from '../records.ts'
import type { Resource } from '../settings.ts'

/** `GET /device` (RFC 8628 §3.3): asks for the code, then for a sign-in, then for the decision. Looking changes nothing. */
export const device: Endpoint = async (c, context) => {
  const request = c.req.raw
  const { settings } = context
  const typed = c.req.query('user_code') ?? ''
  if (typed === '') return showForm(context, request, false)
  const code = parseUserCode(typed)
  if (code === undefined) return showForm(context, request, true)
  const here = pathOf(context, code)
  const user = await requireSignIn(context, request, here)
  if (user instanceof Response) return user
  const waiting = await waitingFor(context, code, user)
  if (!waiting) return showForm(context, request, true)
  const { client, scopes, traceId } = waiting.device
  const page = deviceConsentPage(pageFrame(settings, request), {
    client,
    resource: waiting.resource,
    scopes,
    offline: isRefreshable(client, waiting.device),
    userCode: displayUserCode(code),
    account: user.account,
    providerName: settings.providers.length > 1 ? user.provider.name : undefined,
    requirements: await requirementsOf(context, user, waiting.resource),
    action: `${settings.basePath}/device`,
    fields: { user_code: code, csrf: csrfToken(context.vault, bindingOf(user, code)) },
    returnTo: here,
    traceId,
  })
  return pageResponse(settings.theme, page)
}

/** `POST /device`: the decision. */
export const decideAboutDevice: Endpoint = async (c, context) => {
  const request = c.req.raw
  const { settings, vault } = context
  refuseCrossSiteForm(settings, request)
  const form = await readFields(request)
  const code = parseUserCode(form.get('user_code') ?? '')
  if (code === undefined) return showForm(context, request, true)
  const here = pathOf(context, code)
  const user = await signedIn(context, request)
  if (!user) return seeOther(settings.theme, here)
  if (!isCsrfToken(vault, bindingOf(user, code), form.get('csrf') ?? '')) {
    throw new PageProblem('form_outdated', { retry: here })
  }
  const waiting = await waitingFor(context, code, user)
  if (!waiting) return showForm(context, request, true)

  const allowed = form.get('decision') === 'approve'
  if (allowed) {
    const requirements = await requirementsOf(context, user, waiting.resource)
    if (!requirements.every(({ connected }) => connected)) return seeOther(settings.theme, here)
  }
  const decided = allowed
    ? await approveDevice(context, code, waiting.device, user)
    : await decideDevice(context, code, {})
  if (!decided) return showForm(context, request, true)
  const { client, scopes, traceId } = waiting.device
  context.emit({
    name: allowed ? 'consent.approved' : 'consent.denied',
    outcome: allowed ? 'success' : 'denied',
    traceId,
    subject: user.account.subject,
    clientId: client.clientId,
    resource: waiting.resource.url,
    detail: { scope: scopes.join(' '), device: true },
  })
  return pageResponse(settings.theme, deviceDonePage(pageFrame(settings, request), allowed))
}

interface Waiting {
  readonly device: DeviceRecord
  readonly resource: Resource
}

/** Codes are short, so every look at one is counted for the user who looks (RFC 8628 §5.1). */
async function waitingFor(context: Context, code: string, user: SignedIn): Promise<Waiting | undefined> {
  const { settings } = context
  await context.rateLimits.userCode(user.account.subject, context.emit)
  const found = await waitingDevice(context, code)
  const resource = found && settings.resources.get(found.value.resource)
  if (!resource) return undefined
  const { traceId } = found.value
  if (!allowedProviders(settings, resource).includes(user.provider)) {
    const again = { return_to: pathOf(context, code), switch: '1' }
    const retry = `${settings.basePath}/login?${new URLSearchParams(again).toString()}`
    throw new PageProblem('account_not_allowed', { traceId, retry })
  }
  return { device: found.value, resource }
}

function showForm(
  { settings }: Pick<Context, 'settings'>,
  request: Request,
  wrong: boolean,
): Promise<Response> {
  const page = enterCodePage(pageFrame(settings, request), { action: `${settings.basePath}/device`, wrong })
  return pageResponse(settings.theme, page, { status: wrong ? 400 : 200 })
}

function pathOf({ settings }: Pick<Context, 'settings'>, code: string): string {
  return `${settings.basePath}/device?user_code=${displayUserCode(code)}`
}

/** The session and the code: the form of one device decides about no other. */
function bindingOf({ sessionId, account }: SignedIn, code: string): FormBinding {
  return { browser: `${sessionId} ${code}`, user: account.subject }
}
