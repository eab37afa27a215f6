import { createPkce, createScriptedBrowser, type Page } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'
import * as oauth from 'oauth4webapi'

import { createDevIdp, type DevIdp, type DevIdpOptions } from '../src/index.ts'

export const redirectUri = 'http://127.0.0.1:33418/callback'
// oxlint-disable-next-line typescript/no-deprecated -- the provider answers on loopback, without TLS
export const insecure = { [oauth.allowInsecureRequests]: true }
const client = { client_id: 'portico' }
const clientSecret = 'a secret: with+characters'

/** Starts a provider on a free port. */
export function startIdp(options: Partial<DevIdpOptions> = {}): Promise<DevIdp> {
  return createDevIdp({
    port: 0,
    clients: [
      {
        clientId: client.client_id,
        clientSecret,
        name: 'Portico',
        redirectUris: [redirectUri],
        postLogoutRedirectUris: ['http://127.0.0.1:33418/bye'],
      },
    ],
    ...options,
  })
}

/** A relying party as strict as oauth4webapi, with a browser of its own. */
export async function createRelyingParty({ issuer }: DevIdp) {
  const response = await oauth.discoveryRequest(new URL(issuer), insecure)
  const server = await oauth.processDiscoveryResponse(new URL(issuer), response)
  const browser = createScriptedBrowser({ fetch: nodeFetch, stopAt: ['http://127.0.0.1:33418/'] })
  const { verifier, challenge } = await createPkce()

  return {
    server,
    browser,

    /** Opens the authorization request. */
    open(parameters: Record<string, string> = {}): Promise<Page> {
      const url = new URL(server.authorization_endpoint ?? '')
      url.search = new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid profile email roles groups',
        state: 'state',
        nonce: 'nonce',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...parameters,
      }).toString()
      return browser.open(url)
    },

    /** Checks the answer and redeems the code. */
    async redeem(page: Page, authentication = oauth.ClientSecretPost(clientSecret)) {
      const parameters = oauth.validateAuthResponse(server, client, page.parameters, 'state')
      const answer = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        parameters,
        redirectUri,
        verifier,
        insecure,
      )
      const tokens = await oauth.processAuthorizationCodeResponse(
        server,
        { ...client, id_token_signed_response_alg: 'ES384' },
        answer,
        { expectedNonce: 'nonce', requireIdToken: true },
      )
      await oauth.validateApplicationLevelSignature(server, answer, insecure)
      return { tokens, claims: oauth.getValidatedIdTokenClaims(tokens) }
    },

    async refresh(refreshToken: string) {
      const authentication = oauth.ClientSecretPost(clientSecret)
      const answer = await oauth.refreshTokenGrantRequest(
        server,
        client,
        authentication,
        refreshToken,
        insecure,
      )
      return oauth.processRefreshTokenResponse(
        server,
        { ...client, id_token_signed_response_alg: 'ES384' },
        answer,
      )
    },

    revoke(token: string) {
      return oauth.revocationRequest(server, client, oauth.ClientSecretPost(clientSecret), token, insecure)
    },

    basic: oauth.ClientSecretBasic(clientSecret),
  }
}
