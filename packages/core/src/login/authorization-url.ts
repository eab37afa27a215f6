import type { IdentityProvider } from '@portico/provider'

import type { Settings } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { callbackUrl } from './callback-url.ts'

/** What one authorization request says beside the provider's settings. */
export interface AuthorizationParameters {
  readonly state: string
  readonly nonce: string | undefined
  /** PKCE. */
  readonly codeVerifier: string | undefined
  readonly prompts: readonly string[]
  readonly maxAge?: number | undefined
  readonly loginHint?: string | undefined
  readonly acrValues?: string | undefined
}

/** The request that sends a browser to the provider (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3). */
export function authorizationUrl(
  settings: Settings,
  provider: IdentityProvider,
  { state, nonce, codeVerifier, prompts, maxAge, loginHint, acrValues }: AuthorizationParameters,
): URL {
  const { browserLogin } = provider
  const url = new URL(browserLogin.url)
  const parameters: Record<string, string | undefined> = {
    login_hint: loginHint,
    acr_values: acrValues,
    prompt: prompts.join(' ') || undefined,
    max_age: maxAge?.toString(),
    response_mode: browserLogin.responseMode === 'form_post' ? 'form_post' : undefined,
    // What the adapter states beats what a client asked for; the protocol's own parameters beat both.
    ...browserLogin.parameters,
    ...(settings.recheckUsersSeconds > 0 && provider.offlineAccess?.parameters),
    response_type: 'code',
    client_id: provider.client.id,
    redirect_uri: callbackUrl(settings, provider),
    scope: settings.recheckUsersSeconds > 0 ? offlineScope(provider) : provider.scope,
    state,
    [browserLogin.nonce ?? 'nonce']: nonce,
    code_challenge: codeVerifier && sha256Text(codeVerifier),
    code_challenge_method: codeVerifier && 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url
}

/** The scope that also gets a refresh token, where the provider has one to ask for. */
function offlineScope({ kind, scope, offlineAccess }: IdentityProvider): string {
  const wanted = offlineAccess === undefined && kind === 'oidc' ? 'offline_access' : offlineAccess?.scope
  return wanted === undefined || scope.split(' ').includes(wanted) ? scope : `${scope} ${wanted}`
}

/** Whether the provider echoes a nonce at all. */
export function sendsNonce({ kind, browserLogin }: IdentityProvider): boolean {
  if (browserLogin.nonce === 'absent') return false
  return kind === 'oidc' || browserLogin.nonce === 'claim_nonce'
}

/** `prompt` values that the provider understands. */
export function understoodPrompts({ browserLogin }: IdentityProvider): readonly string[] {
  return browserLogin.prompts ?? ['none', 'login', 'consent', 'select_account']
}
