import {
  asymmetricAlgorithms,
  type Derivation,
  type OptionValues,
  type TokenEndpointAuthMethod,
} from '@portico/provider'

import { knownProviderWarning } from './known-provider-warning.ts'
import type { oidcOptions } from './oidc-options.ts'

/** What is known about a provider; a discovery document may add to what the options state. */
export interface Endpoints {
  readonly issuer?: string | undefined
  readonly jwksUrl?: string | undefined
  readonly url?: string | undefined
  readonly tokenUrl?: string | undefined
  readonly userinfoUrl?: string | undefined
  readonly endSessionUrl?: string | undefined
  readonly revocationUrl?: string | undefined
  readonly discoveryUrl?: string | undefined
  readonly tokenAudience?: string | undefined
  readonly requestAudience?: string | undefined
  readonly responseMode?: 'query' | 'form_post' | undefined
  readonly nonce?: 'nonce' | 'absent' | undefined
  readonly algorithms?: readonly string[] | undefined
  readonly authMethods?: readonly TokenEndpointAuthMethod[] | undefined
  readonly sendsIss?: boolean | undefined
  readonly prompts?: readonly string[] | undefined
}

type Indispensable = 'issuer' | 'jwksUrl' | 'url' | 'tokenUrl'
type CompleteEndpoints = Endpoints & { readonly [Name in Indispensable]: string }

export const allAuthMethods: readonly TokenEndpointAuthMethod[] = [
  'client_secret_post',
  'client_secret_basic',
  'private_key_jwt',
  'none',
]

/** What the options say, from either of their two forms. */
export function statedEndpoints(values: OptionValues<typeof oidcOptions>): Endpoints {
  const { issuer, oidc = {}, browserLogin = {} } = values
  return {
    issuer: oidc.issuer ?? issuer,
    jwksUrl: oidc.jwksUrl,
    userinfoUrl: oidc.userinfoUrl,
    endSessionUrl: oidc.endSessionUrl,
    revocationUrl: oidc.revocationUrl,
    tokenAudience: oidc.audience,
    url: browserLogin.url,
    tokenUrl: browserLogin.tokenUrl,
    requestAudience: browserLogin.audience,
    responseMode: browserLogin.responseMode,
    nonce: browserLogin.nonce,
  }
}

/** The same endpoints when a login needs no more of them, else `undefined`. */
export function completeEndpoints(endpoints: Endpoints): CompleteEndpoints | undefined {
  const { issuer, jwksUrl, url, tokenUrl } = endpoints
  if (issuer === undefined || jwksUrl === undefined || url === undefined || tokenUrl === undefined)
    return undefined
  return { ...endpoints, issuer, jwksUrl, url, tokenUrl }
}

/** The contract's form of complete endpoints. */
export function derivationOf(endpoints: CompleteEndpoints): Derivation {
  const { issuer, jwksUrl, userinfoUrl, endSessionUrl, revocationUrl, discoveryUrl, tokenAudience } =
    endpoints
  const warnings = [
    ...(tokenAudience === undefined
      ? []
      : ['oidc.audience replaces the client id as expected audience: almost never right.']),
    ...(endpoints.nonce === 'absent'
      ? ['browserLogin.nonce is switched off: state and PKCE alone tie the answer to the login.']
      : []),
    ...knownProviderWarning(issuer),
  ]
  return {
    oidc: {
      issuer,
      jwksUrl,
      algorithms: endpoints.algorithms ?? asymmetricAlgorithms,
      ...(tokenAudience && { audience: tokenAudience }),
      ...(userinfoUrl && { userinfoUrl }),
      ...(endSessionUrl && { endSessionUrl }),
      ...(revocationUrl && { revocationUrl }),
      ...(discoveryUrl && { discoveryUrl }),
    },
    browserLogin: {
      url: endpoints.url,
      tokenUrl: endpoints.tokenUrl,
      ...(endpoints.sendsIss && { responseIss: 'required' }),
      ...(endpoints.prompts && { prompts: endpoints.prompts }),
      ...(endpoints.responseMode && { responseMode: endpoints.responseMode }),
      ...(endpoints.nonce && { nonce: endpoints.nonce }),
      ...(endpoints.requestAudience && { parameters: { audience: endpoints.requestAudience } }),
    },
    clientAuthentication: { methods: endpoints.authMethods ?? allAuthMethods },
    ...(userinfoUrl && { userinfo: 'whenMissing' }),
    warnings,
  }
}
