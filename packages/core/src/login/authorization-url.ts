import type { IdentityProvider, OfflineAccessDerivation } from '@portico/provider'

import { sha256Text } from '../digest.ts'
import type { Settings } from '../settings.ts'
import { callbackUrl } from './callback-url.ts'
import { keepsTokensOf } from './keeps-tokens-of.ts'

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
  const wantsRefreshToken = settings.recheckUsersSeconds > 0 || keepsTokensOf(settings, provider)
  const offline = wantsRefreshToken ? offlineAccessOf(provider) : undefined
  const url = new URL(browserLogin.url)
  const parameters: Record<string, string | undefined> = {
    login_hint: loginHint,
    acr_values: acrValues,
    max_age: maxAge?.toString(),
    response_mode: browserLogin.responseMode === 'form_post' ? 'form_post' : undefined,
    // What the adapter states beats what a client asked for; the protocol's own parameters beat both.
    ...browserLogin.parameters,
    ...offline?.parameters,
    prompt: promptOf(browserLogin, prompts, offline?.parameters?.['prompt']),
    response_type: 'code',
    client_id: provider.client.id,
    redirect_uri: callbackUrl(settings, provider),
    scope: withScope(provider.scope, offline?.scope),
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

/** How this provider is asked for a refresh token; OpenID Connect Core §11 where it says nothing. */
function offlineAccessOf({ offlineAccess, kind }: IdentityProvider): OfflineAccessDerivation | undefined {
  if (offlineAccess === null) return undefined
  return offlineAccess ?? (kind === 'oidc' ? { scope: 'offline_access' } : undefined)
}

/**
 * A refresh token may need `consent` (Google, Logto): it is added to the other values. `none` stands alone (OpenID Connect
 * Core §3.1.2.1), whatever else is stated: only a probe asks for it, and no page must answer that.
 */
function promptOf(
  { parameters, severalPrompts }: IdentityProvider['browserLogin'],
  wished: readonly string[],
  added: string | undefined,
): string | undefined {
  const stated = parameters?.['prompt']?.split(' ')
  if ([...wished, ...(stated ?? [])].includes('none')) return 'none'
  const values = [...new Set([...(stated ?? wished), ...(added === undefined ? [] : [added])])]
  return (severalPrompts === 'refused' ? values[0] : values.join(' ')) || undefined
}

function withScope(scope: string, added: string | undefined): string {
  return added === undefined || scope.split(' ').includes(added) ? scope : `${scope} ${added}`.trim()
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
