import { answerPages, type InjectableFetch, type ScriptedBrowser } from '@portico/test-peers'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'

import { demoUrl, loopbackUri } from './attacks/target.ts'

/** How a client proves who it is, with what it needs for that. */
export type Proof =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly key: CryptoKey }

/** Where the client is, and whom it talks to. */
export interface Surroundings {
  readonly clientId: string
  readonly proof: Proof
  readonly fetch: InjectableFetch
  readonly browser: ScriptedBrowser
  /** Seconds that the gateway's clock is ahead of the machine's. */
  readonly skew: number
  /** Tokens are bound to it (DPoP); without one they are bearer tokens. */
  readonly key?: CryptoKeyPair | undefined
}

interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string | undefined
  /** In lower case. */
  readonly token_type: string
}

/** Everything a client may do with tokens, by a library that refuses whatever the RFCs let it refuse. */
export interface StrictClient {
  signIn(): Promise<Tokens>
  refresh(refreshToken: string): Promise<Tokens>
  revoke(token: string): Promise<void>
  introspect(token: string): Promise<object>
  beginDevice(): Promise<{ readonly device_code: string; readonly verification_uri_complete?: string }>
  grant(grantType: string, parameters: Readonly<Record<string, string>>): Promise<Tokens>
  /** Lists the tools of the demo route. */
  listTools(accessToken: string): Promise<Response>
}

const listTools = {
  body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
}

/** `openid-client`, as applications use it. */
export async function openidClient({
  clientId,
  proof,
  fetch,
  browser,
  skew,
  key,
}: Surroundings): Promise<StrictClient> {
  const configuration = await openid.discovery(
    new URL(demoUrl),
    clientId,
    { [openid.clockSkew]: skew },
    authentication(openid, proof),
    { algorithm: 'oauth2', [openid.customFetch]: (url, init) => fetch(url, init as RequestInit) },
  )
  const proving = key ? { DPoP: openid.getDPoPHandle(configuration, key) } : {}
  return {
    async signIn() {
      const verifier = openid.randomPKCECodeVerifier()
      const state = openid.randomState()
      const url = openid.buildAuthorizationUrl(configuration, await signInRequest(verifier, state))
      const page = await answerPages(await browser.open(url))
      const checks = { pkceCodeVerifier: verifier, expectedState: state }
      return openid.authorizationCodeGrant(configuration, new URL(page.url), checks, undefined, proving)
    },
    refresh: (refreshToken) => openid.refreshTokenGrant(configuration, refreshToken, undefined, proving),
    revoke: (token) => openid.tokenRevocation(configuration, token),
    introspect: (token) => openid.tokenIntrospection(configuration, token),
    beginDevice: () => openid.initiateDeviceAuthorization(configuration, { resource: demoUrl }),
    grant: (grantType, parameters) =>
      openid.genericGrantRequest(configuration, grantType, parameters, proving),
    listTools(accessToken) {
      const { body, headers } = listTools
      const url = new URL(demoUrl)
      return openid.fetchProtectedResource(
        configuration,
        accessToken,
        url,
        'POST',
        body,
        new Headers(headers),
        proving,
      )
    },
  }
}

/** `oauth4webapi`, step by step. */
export async function oauthClient({
  clientId,
  proof,
  fetch,
  browser,
  skew,
  key,
}: Surroundings): Promise<StrictClient> {
  const plain = { [oauth.customFetch]: (url: string, init: object) => fetch(url, init) }
  const issuer = new URL(demoUrl)
  const discovery = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...plain })
  const server = await oauth.processDiscoveryResponse(issuer, discovery)
  const client = { client_id: clientId, [oauth.clockSkew]: skew }
  const prove = authentication(oauth, proof)
  const reach = { ...plain, ...(key && { DPoP: oauth.DPoP(client, key) }) }
  /** The library has kept the nonce, and leaves it to its user to try again. */
  const withNonce = async <Answer>(send: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await send()
    } catch (error) {
      if (oauth.isDPoPNonceError(error)) return send()
      throw error
    }
  }
  return {
    async signIn() {
      const verifier = oauth.generateRandomCodeVerifier()
      const state = oauth.generateRandomState()
      const url = new URL(server.authorization_endpoint ?? '')
      const request = {
        client_id: clientId,
        response_type: 'code',
        ...(await signInRequest(verifier, state)),
      }
      url.search = new URLSearchParams(request).toString()
      const page = await answerPages(await browser.open(url))
      const answer = oauth.validateAuthResponse(server, client, new URL(page.url), state)
      return withNonce(async () => {
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          prove,
          answer,
          loopbackUri,
          verifier,
          reach,
        )
        return oauth.processAuthorizationCodeResponse(server, client, response)
      })
    },
    refresh: (refreshToken) =>
      withNonce(async () => {
        const response = await oauth.refreshTokenGrantRequest(server, client, prove, refreshToken, reach)
        return oauth.processRefreshTokenResponse(server, client, response)
      }),
    async revoke(token) {
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, prove, token, reach),
      )
    },
    async introspect(token) {
      const response = await oauth.introspectionRequest(server, client, prove, token, reach)
      return oauth.processIntrospectionResponse(server, client, response)
    },
    async beginDevice() {
      const parameters = { resource: demoUrl }
      const response = await oauth.deviceAuthorizationRequest(server, client, prove, parameters, reach)
      return oauth.processDeviceAuthorizationResponse(server, client, response)
    },
    async grant(grantType, parameters) {
      const response = await oauth.genericTokenEndpointRequest(
        server,
        client,
        prove,
        grantType,
        parameters,
        reach,
      )
      return oauth.processGenericTokenEndpointResponse(server, client, response)
    },
    listTools(accessToken) {
      const { body, headers } = listTools
      const url = new URL(demoUrl)
      return withNonce(() =>
        oauth.protectedResourceRequest(accessToken, 'POST', url, new Headers(headers), body, reach),
      )
    },
  }
}

/** Both libraries have the same methods under the same names. */
function authentication(library: typeof openid | typeof oauth, proof: Proof): oauth.ClientAuth {
  switch (proof.method) {
    case 'none':
      return library.None()
    case 'client_secret_basic':
      return library.ClientSecretBasic(proof.secret)
    case 'client_secret_post':
      return library.ClientSecretPost(proof.secret)
    case 'private_key_jwt':
      return library.PrivateKeyJwt({ key: proof.key, kid: 'one' })
  }
}

async function signInRequest(verifier: string, state: string): Promise<Record<string, string>> {
  return {
    redirect_uri: loopbackUri,
    resource: demoUrl,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
}
