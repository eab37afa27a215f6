import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  OAuthTokens,
} from '@modelcontextprotocol/client'

/** What the official SDK keeps between its steps, in memory. */
export interface SdkCredentials extends OAuthClientProvider {
  /** Where the client wants to send the user's browser. */
  authorizationUrl(): URL
  currentTokens(): OAuthTokens
  currentClientId(): string
  /** The issuer from the metadata that the client found. */
  issuer(): string
  /** An endpoint from the metadata that the client found. */
  endpoint(name: 'token_endpoint' | 'revocation_endpoint'): string
  /** Replaces the access token by one that the server does not know: the client has to refresh. */
  spoilAccessToken(): void
  /** Forgets the tokens, not the client. */
  forgetTokens(): void
}

/** @param clientId URL of a client metadata document; without it the client registers itself */
export function createSdkCredentials(redirectUri: string, clientId?: string): SdkCredentials {
  const knownClient = clientId === undefined ? undefined : { client_id: clientId }
  let client: OAuthClientInformationMixed | undefined = knownClient
  let tokens: OAuthTokens | undefined
  let verifier = ''
  let authorizationUrl: URL | undefined
  let discovery: OAuthDiscoveryState | undefined
  const clientMetadata: OAuthClientMetadata = {
    client_name: 'Portico demo check',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }

  function present<Value>(value: Value | undefined, what: string): Value {
    if (value === undefined) throw new Error(`The client has no ${what} yet.`)
    return value
  }

  function member(name: string): string {
    const metadata: Readonly<Record<string, unknown>> | undefined = discovery?.authorizationServerMetadata
    const value = present(metadata, 'authorization server metadata')[name]
    if (typeof value !== 'string') throw new Error(`The authorization server announces no ${name}.`)
    return value
  }

  return {
    redirectUrl: redirectUri,
    clientMetadata,
    state: () => crypto.randomUUID(),
    // The SDK binds what it keeps to an issuer, and warns about a client that says nothing of the kind.
    clientInformation: (context) => client && { issuer: context?.issuer, ...client },
    saveClientInformation(information) {
      client = information
    },
    tokens: () => tokens,
    saveTokens(saved) {
      tokens = saved
    },
    redirectToAuthorization(url) {
      authorizationUrl = url
    },
    saveCodeVerifier(saved) {
      verifier = saved
    },
    codeVerifier: () => verifier,
    saveDiscoveryState(state) {
      discovery = state
    },
    discoveryState: () => discovery,
    invalidateCredentials(scope) {
      if (scope === 'all' || scope === 'client') client = knownClient
      if (scope === 'all' || scope === 'tokens') tokens = undefined
      if (scope === 'all' || scope === 'verifier') verifier = ''
      if (scope === 'all' || scope === 'discovery') discovery = undefined
    },
    authorizationUrl: () => present(authorizationUrl, 'authorization URL'),
    currentTokens: () => present(tokens, 'tokens'),
    currentClientId: () => present(client, 'client id').client_id,
    issuer: () => member('issuer'),
    endpoint: member,
    spoilAccessToken() {
      tokens = { ...present(tokens, 'tokens'), access_token: 'spoiled' }
    },
    forgetTokens() {
      tokens = undefined
    },
  }
}
