import type { IdentityProvider } from '@portico/provider'

import { bindBrowser } from '../browser/browser-binding.ts'
import { localPath } from '../browser/local-path.ts'
import { type SignedIn, signedIn } from '../browser/session.ts'
import { newTraceId } from '../browser/trace-id.ts'
import type { Context } from '../context.ts'
import { chooserPage } from '../pages/chooser-page.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { pageResponse, seeOther } from '../pages/page-response.ts'
import { obviousProvider, providerForEmail } from './choose-provider.ts'
import { startLogin } from './start-login.ts'

/** What the user said on the chooser. */
export interface SignInChoice {
  readonly provider?: string | undefined
  readonly email?: string | undefined
  /** The account that is signed in at the provider is not the one that is wanted. */
  readonly anotherAccount?: boolean
}

/**
 * For pages of ours that no MCP client asked for (an account page, a connect page): who is signed in, or the answer that
 * makes the browser sign in and come back.
 *
 * @param returnTo path on this origin to come back to
 * @param clientAddress whose requests are counted
 * @throws {TypeError} when `returnTo` is no path of ours
 * @throws {RateLimitError}
 */
export async function requireSignIn(
  context: Context,
  request: Request,
  returnTo: string,
  clientAddress?: string,
): Promise<SignedIn | Response> {
  return (await signedIn(context, request)) ?? signInAgain(context, request, returnTo, clientAddress)
}

/**
 * Makes the browser sign in, even if somebody is signed in there.
 *
 * @param clientAddress whose requests are counted
 * @throws {TypeError} when `returnTo` is no path of ours
 * @throws {RateLimitError}
 */
export async function signInAgain(
  context: Context,
  request: Request,
  returnTo: string,
  clientAddress?: string,
): Promise<Response> {
  const path = localPath(context.settings, returnTo)
  if (path === undefined) throw new TypeError('returnTo must be a path on this origin, e.g. "/account".')
  // Strangers can ask for it on every page of the host, and each time something is stored (A09, SEC-16).
  await context.rateLimits.request('authorization', clientAddress, context.emit)
  return beginSignIn(context, request, path, {})
}

/** Sends the browser to the provider, or asks which one. */
export async function beginSignIn(
  context: Context,
  request: Request,
  returnTo: string,
  choice: SignInChoice,
): Promise<Response> {
  const { settings } = context
  const { providers, theme, basePath } = settings
  const provider = obviousProvider(providers, { id: choice.provider, email: choice.email })
  if (provider) return goToProvider(context, request, provider, returnTo, choice)
  const page = chooserPage(pageFrame(settings, request), {
    providers,
    asked: undefined,
    form: {
      method: 'get',
      action: `${basePath}/login`,
      fields: { return_to: returnTo, ...(choice.anotherAccount && { switch: '1' }) },
    },
    unknownEmail: choice.email !== undefined && !providerForEmail(providers, choice.email),
  })
  return pageResponse(theme, page)
}

async function goToProvider(
  context: Context,
  request: Request,
  provider: IdentityProvider,
  returnTo: string,
  { email, anotherAccount }: SignInChoice,
): Promise<Response> {
  const { id, cookies } = bindBrowser(context, request, provider.settings.stateTtlSeconds)
  const url = await startLogin(context, provider, {
    browser: id,
    purpose: { returnTo },
    traceId: newTraceId(context),
    loginHint: email,
    ...(anotherAccount && { selectAccount: true }),
  })
  return seeOther(context.settings.theme, url, cookies)
}
