import type { IdentityProvider } from '@portico/provider'

import { boundSecret } from '../browser/browser-binding.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { startSession } from '../browser/session.ts'
import type { Context } from '../context.ts'
import { UpstreamError } from '../oauth-error.ts'
import { type AccountRecord, type LoginRecord, records } from '../records.ts'
import { saveAccount } from './account.ts'
import { callbackUrl } from './callback-url.ts'
import { checkSignInRules } from './check-sign-in-rules.ts'
import { describeMismatch } from './describe-mismatch.ts'
import { identifyUser, type ProvenIdentity } from './identify-user.ts'
import { codeOf, type ProviderAnswer } from './provider-answer.ts'
import { logoutOf } from './provider-logout.ts'
import { saveProviderTokens } from './provider-tokens.ts'
import { keepProviderToken } from './recheck-user.ts'
import { type ProviderTokens, requestTokens } from './request-tokens.ts'
import { verifierSeal } from './start-login.ts'

/** A login that the provider has answered: it is over, whatever comes of it. */
export interface AnsweredLogin {
  readonly login: LoginRecord
  readonly provider: IdentityProvider
  readonly answer: ProviderAnswer
}

/** A user who is signed in. */
export interface FinishedLogin {
  readonly account: AccountRecord
  /** Hashed id of the new session. */
  readonly sessionId: string
  /** `Set-Cookie` value of the new session. */
  readonly cookie: string
}

/**
 * Finds the login that `answer` belongs to. Its state works once (IDP-02), in the browser it began in (IDP-03, E07), and
 * at the callback of the provider that was asked (E10).
 *
 * @param callback id of the provider in the callback's path; `undefined` for the plain `/callback`
 * @throws {PageProblem}
 */
export async function takeLogin(
  context: Context,
  request: Request,
  callback: string | undefined,
  answer: ProviderAnswer,
): Promise<AnsweredLogin> {
  const { settings, storage } = context
  const login = await records(storage, 'login').take(answer.state)
  if (!login) throw new PageProblem('login_finished')
  const { traceId } = login
  if (boundSecret(context, request, login.browser) === undefined) {
    throw new PageProblem('other_browser', { traceId })
  }
  const provider = settings.providers.find(({ id }) => id === login.provider)
  const expected = settings.providers.length === 1 ? undefined : login.provider
  if (!provider || callback !== expected) throw new PageProblem('provider_answer_invalid', { traceId })
  return { login, provider, answer }
}

/**
 * Redeems the code, proves who it is about, applies the sign-in rules and begins a session.
 *
 * @throws {UpstreamError} see `loginFailure`
 */
export async function finishLogin(
  context: Context,
  request: Request,
  { login, provider, answer }: AnsweredLogin,
): Promise<FinishedLogin> {
  const code = codeOf(provider, answer)
  const codeVerifier =
    login.verifier === undefined
      ? undefined
      : await context.vault.open(login.verifier, verifierSeal(answer.state))
  const redirectUri = callbackUrl(context.settings, provider)
  const tokens = await requestTokens(context, provider, { code, redirectUri, codeVerifier })
  const proven = await identifyUser(context, provider, tokens, login)
  checkTenant(provider, proven, answer)
  checkSignInRules(provider.signIn, proven.identity)
  const account = await saveAccount(context, provider, proven)
  await keepProviderToken(context, provider, account, tokens)
  await saveProviderTokens(context, provider, account, tokens)
  const session = await startSession(context, request, {
    account,
    provider,
    authenticatedAt: proven.authenticatedAt ?? context.now(),
    providerSessionId: proven.providerSessionId,
    providerSubject: proven.providerSubject,
    idToken: idTokenForLogout(provider, tokens),
  })
  return { account, ...session }
}

/** RFC 9207 §2.4 for issuers that only the ID token completes. */
function checkTenant(
  { oidc, name }: IdentityProvider,
  { issuer }: ProvenIdentity,
  answer: ProviderAnswer,
): void {
  if (!oidc?.issuerTemplate || answer.issuer === undefined || answer.issuer === issuer) return
  throw new UpstreamError(
    'provider_issuer_mismatch',
    `"iss" of the answer is not the issuer of the ID token of ${name}:\n${describeMismatch(issuer, answer.issuer)}`,
  )
}

/** IDP-13: no token of the provider is kept but the one its logout asks for, and the one that users are rechecked by. */
function idTokenForLogout(provider: IdentityProvider, { idToken }: ProviderTokens): string | undefined {
  return logoutOf(provider)?.idTokenParameter === undefined ? undefined : idToken
}
