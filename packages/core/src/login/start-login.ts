import type { IdentityProvider } from '@portico/provider'

import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { type LoginRecord, records } from '../records.ts'
import { authorizationUrl, sendsNonce, understoodPrompts } from './authorization-url.ts'

/** What a login is to achieve. */
export interface LoginRequest {
  /** Id of the browser binding (`bindBrowser`). */
  readonly browser: string
  /** Hashed handle of the transaction; or a path of ours to return to. */
  readonly purpose: { readonly transaction: string } | { readonly returnTo: string }
  readonly traceId: string
  /** The user must authenticate anew: `prompt=login`. */
  readonly fresh?: boolean
  /** The user wants another account: `prompt=select_account`. */
  readonly selectAccount?: boolean
  readonly maxAge?: number | undefined
  readonly loginHint?: string | undefined
  readonly acrValues?: string | undefined
}

/** IDP-02: a `state` is good for ten minutes at most, however long the whole sign-in may take. */
const maximumStateTtlSeconds = 600

/** Context words of the sealed PKCE verifier. */
export const verifierSeal = (state: string): readonly string[] => ['login-verifier', sha256Text(state)]

/** Remembers the attempt and returns the URL at the provider to send the browser to. */
export async function startLogin(
  context: Context,
  provider: IdentityProvider,
  request: LoginRequest,
): Promise<URL> {
  const { settings, storage, vault, now, randomToken } = context
  const { browserLogin } = provider
  const state = randomToken()
  const nonce = sendsNonce(provider) ? randomToken() : undefined
  const codeVerifier = browserLogin.pkce === 'none' ? undefined : randomToken()
  const reach = promptsOf(provider, request)

  const login: LoginRecord = {
    ...request.purpose,
    provider: provider.id,
    browser: request.browser,
    traceId: request.traceId,
    createdAt: now(),
    ...(nonce !== undefined && { nonce }),
    ...(codeVerifier !== undefined && { verifier: await vault.seal(codeVerifier, verifierSeal(state)) }),
    ...(reach.maxAge !== undefined && { maxAge: reach.maxAge }),
    ...(request.fresh && { fresh: true }),
  }
  await records(storage, 'login').set(state, login, {
    expiresAt: now() + Math.min(provider.settings.stateTtlSeconds, maximumStateTtlSeconds),
    when: 'absent',
  })

  context.emit({
    name: 'login.started',
    outcome: 'success',
    traceId: request.traceId,
    detail: { provider: provider.id },
  })

  return authorizationUrl(settings, provider, {
    state,
    nonce,
    codeVerifier,
    prompts: reach.prompts,
    maxAge: reach.maxAge,
    // Naming one account contradicts the choice among them: Entra answers an error (microsoft-authentication-library-for-js, pull request 3315).
    loginHint: reach.prompts.includes('select_account') ? undefined : request.loginHint,
    acrValues: request.acrValues,
  })
}

/** Passes on what the provider understands (IDP-12); `max_age=0` asks for the same as `prompt=login`. */
function promptsOf(
  provider: IdentityProvider,
  { fresh, selectAccount, maxAge }: LoginRequest,
): { readonly prompts: readonly string[]; readonly maxAge: number | undefined } {
  const understood = understoodPrompts(provider)
  const wanted = [...(fresh ? ['login'] : []), ...(selectAccount ? ['select_account'] : [])]
  const prompts = wanted.filter((prompt) => understood.includes(prompt))
  // Somebody who wants another account gets at least a password form.
  if (selectAccount && prompts.length === 0 && understood.includes('login')) prompts.push('login')
  if (provider.browserLogin.maxAge === 'ignored') return { prompts, maxAge: undefined }
  return { prompts, maxAge: fresh && !understood.includes('login') ? 0 : maxAge }
}
