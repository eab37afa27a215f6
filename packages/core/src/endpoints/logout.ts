import { csrfToken, type FormBinding, isCsrfToken } from '../browser/csrf-token.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { readFields } from '../browser/read-fields.ts'
import { refuseCrossSiteForm } from '../browser/refuse-cross-site-form.ts'
import { endSession, sessionIdToken, type SignedIn, signedIn } from '../browser/session.ts'
import { forgetRememberedConsents } from '../consent/remembered-consent.ts'
import type { Endpoint } from '../endpoint.ts'
import { providerLogoutUrl } from '../login/provider-logout.ts'
import { signedOutPage, signOutPage } from '../pages/logout-pages.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { pageResponse, seeOther } from '../pages/page-response.ts'

/** Asks, or says that nobody is signed in: also where the provider sends the browser back to. */
export const logout: Endpoint = async (c, context) => {
  const request = c.req.raw
  const { settings, vault } = context
  const frame = pageFrame(settings, request)
  const user = await signedIn(context, request)
  if (!user) return pageResponse(settings.theme, signedOutPage(frame))
  const page = signOutPage(frame, {
    action: `${settings.basePath}/logout`,
    fields: { csrf: csrfToken(vault, formBinding(user)) },
  })
  return pageResponse(settings.theme, page)
}

/** Ends the session here, then at the provider (OpenID Connect RP-Initiated Logout 1.0). Where to is no parameter (E11). */
export const signOut: Endpoint = async (c, context) => {
  const request = c.req.raw
  const { settings, vault } = context
  refuseCrossSiteForm(settings, request)
  const form = await readFields(request)
  const here = `${settings.basePath}/logout`
  const user = await signedIn(context, request)
  if (!user) return seeOther(settings.theme, here, [await endSession(context, request)])
  if (!isCsrfToken(vault, formBinding(user), form.get('csrf') ?? '')) {
    throw new PageProblem('form_outdated', { retry: here })
  }
  const idToken = await sessionIdToken(context, user)
  const cookie = await endSession(context, request)
  await forgetRememberedConsents(context, user.account.subject)
  context.emit({
    name: 'session.ended',
    outcome: 'success',
    subject: user.account.subject,
    detail: { provider: user.provider.id },
  })
  const returnTo = settings.publicUrl + here
  return seeOther(settings.theme, providerLogoutUrl(user.provider, { returnTo, idToken }) ?? here, [cookie])
}

function formBinding({ sessionId, account }: SignedIn): FormBinding {
  return { browser: sessionId, user: account.subject }
}
