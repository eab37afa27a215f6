import type { IdentityProvider } from '@portico/provider'

import type { Context } from '../context.ts'
import { authorizationUrl, sendsNonce, understoodPrompts } from './authorization-url.ts'
import { callbackUrl } from './callback-url.ts'

/** The requests of a login without a user, for diagnosis: they are built by the code that real logins use. */
export interface ProviderProbe {
  /** What must be registered at the provider. */
  readonly redirectUri: string
  /**
   * An authorization request that nobody finishes. Where the provider understands `prompt=none`, it answers to the
   * redirect URI at once, if it knows that URI and the client.
   */
  authorizationRequest(): { readonly url: URL; readonly state: string }
  /**
   * The answer to a token request with a code that was never issued: a provider that knows the client says
   * `invalid_grant`.
   *
   * @throws {UpstreamError} `token_endpoint_unavailable` when there is no answer
   */
  tokenAnswer(): Promise<Response>
}

/** Tries one provider, without a user and without keeping anything. */
export function createProviderProbe(context: Context, provider: IdentityProvider): ProviderProbe {
  const { settings, randomToken } = context
  const redirectUri = callbackUrl(settings, provider)
  const verifier = () => (provider.browserLogin.pkce === 'none' ? undefined : randomToken())
  return {
    redirectUri,
    authorizationRequest() {
      const state = randomToken()
      const url = authorizationUrl(settings, provider, {
        state,
        nonce: sendsNonce(provider) ? randomToken() : undefined,
        codeVerifier: verifier(),
        prompts: understoodPrompts(provider).includes('none') ? ['none'] : [],
      })
      return { url, state }
    },
    async tokenAnswer() {
      const { sendTokenRequest } = await import('./request-tokens.ts')
      const codeVerifier = verifier()
      return sendTokenRequest(context, provider, {
        code: `portico-doctor-${randomToken()}`,
        redirect_uri: redirectUri,
        ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
      })
    },
  }
}
