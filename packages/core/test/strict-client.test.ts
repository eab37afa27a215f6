import { exportJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'

import type { AuthorizationServerOptions } from '../src/options.ts'
import { testServer } from './test-server.ts'
import { approvedCode, demoResource, redirectUri, registerClient, verifier } from './token-client.ts'

// oauth4webapi refuses whatever the RFCs let a client refuse: types, headers, statuses, missing members.

const clientSecret = 'a-long-enough-secret-of-forty-characters'

async function strictClient(options: Partial<AuthorizationServerOptions> = {}) {
  const server = testServer(options)
  const reach = {
    [oauth.customFetch]: (url: string, init: object) => Promise.resolve(server.fetch(new Request(url, init))),
  }
  const issuer = new URL(demoResource)
  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...reach }),
  )
  /** The server's clock stands still in the past: assertions and proofs are dated by it. */
  const clockSkew = server.clock.seconds - Math.floor(Date.now() / 1000)

  /** Code, refresh, revocation: what every user's client does. */
  const liveThrough = async (
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    dpop?: oauth.DPoPHandle,
  ) => {
    const code = await approvedCode(server, client.client_id)
    const callback = new URLSearchParams({ code, iss: as.issuer })
    const parameters = oauth.validateAuthResponse(as, client, callback, oauth.expectNoState)
    const request = { ...reach, ...(dpop && { DPoP: dpop }) }
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(
        as,
        client,
        authentication,
        parameters,
        redirectUri,
        verifier,
        {
          ...request,
          additionalParameters: { resource: demoResource },
        },
      ),
    )
    const refreshed = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token ?? '', request),
    )
    const revocation = await oauth.revocationRequest(
      as,
      client,
      authentication,
      refreshed.access_token,
      reach,
    )
    await oauth.processRevocationResponse(revocation)
    return { tokens, refreshed }
  }
  return { server, as, reach, clockSkew, liveThrough }
}

describe('a strict client', () => {
  it('AS-51 registers and lives through all it does as a public client', async () => {
    const { as, reach, server, liveThrough } = await strictClient()
    const registration = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(
        as,
        { redirect_uris: [redirectUri], token_endpoint_auth_method: 'none', client_name: 'Strict' },
        reach,
      ),
    )
    const { tokens, refreshed } = await liveThrough(registration, oauth.None())
    expect(tokens.token_type).toBe('bearer')
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
    expect(await server.verifyAccessToken(refreshed.access_token, demoResource)).toBeUndefined()
  })

  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'AS-51 authenticates by %s',
    async (method) => {
      const { server, liveThrough } = await strictClient()
      const { client_id, client_secret = '' } = await registerClient(server, {
        token_endpoint_auth_method: method,
      })
      const authentication =
        method === 'client_secret_basic' ? oauth.ClientSecretBasic : oauth.ClientSecretPost
      const { refreshed } = await liveThrough({ client_id }, authentication(client_secret))
      expect(refreshed.scope).toBe('mcp:tools')
    },
  )

  it.each(['ES256', 'RS256', 'PS256', 'Ed25519'])(
    'AS-51 authenticates by private_key_jwt with %s',
    async (alg) => {
      const { server, clockSkew, liveThrough } = await strictClient()
      const { publicKey, privateKey } = await oauth.generateKeyPair(alg)
      const { client_id } = await registerClient(server, {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [await exportJWK(publicKey)] },
      })
      const client = { client_id, [oauth.clockSkew]: clockSkew }
      const { refreshed } = await liveThrough(client, oauth.PrivateKeyJwt(privateKey))
      expect(refreshed.scope).toBe('mcp:tools')
    },
  )

  it('RFC 9449 binds its tokens by DPoP', async () => {
    const { server, clockSkew, liveThrough } = await strictClient({ dpop: true })
    const { client_id } = await registerClient(server)
    const client = { client_id, [oauth.clockSkew]: clockSkew }
    const handle = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const { tokens, refreshed } = await liveThrough(client, oauth.None(), handle)
    expect([tokens.token_type, refreshed.token_type]).toEqual(['dpop', 'dpop'])
  })

  it('CC-01 AS-81 acts for itself, and a resource server asks about the token', async () => {
    const { as, reach } = await strictClient({
      clients: [
        {
          clientId: 'job',
          name: 'Job',
          clientSecret,
          grantTypes: ['client_credentials'],
          resources: ['/mcp/demo'],
        },
        { clientId: 'rs', name: 'Demo', clientSecret, grantTypes: [], introspects: ['/mcp/demo'] },
      ],
    })
    const basic = oauth.ClientSecretBasic(clientSecret)
    const job = { client_id: 'job' }
    const tokens = await oauth.processClientCredentialsResponse(
      as,
      job,
      await oauth.clientCredentialsGrantRequest(as, job, basic, { resource: demoResource }, reach),
    )
    const rs = { client_id: 'rs' }
    const introspection = await oauth.processIntrospectionResponse(
      as,
      rs,
      await oauth.introspectionRequest(as, rs, basic, tokens.access_token, reach),
    )
    expect(introspection).toMatchObject({ active: true, client_id: 'job', sub: 'client:job' })
  })

  it('RFC 9126 pushes its request', async () => {
    const { server, as, reach } = await strictClient({ pushedAuthorizationRequests: 'allowed' })
    const client = { client_id: (await registerClient(server)).client_id }
    const parameters = {
      response_type: 'code',
      redirect_uri: redirectUri,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      resource: demoResource,
    }
    const pushed = await oauth.processPushedAuthorizationResponse(
      as,
      client,
      await oauth.pushedAuthorizationRequest(as, client, oauth.None(), parameters, reach),
    )
    expect(pushed.expires_in).toBe(90)
  })

  it('RS-12 verifies an access token as a resource server that knows nothing but the metadata', async () => {
    const { server, as, reach, clockSkew } = await strictClient()
    const { client_id: clientId } = await registerClient(server)
    const code = await approvedCode(server, clientId)
    const client = { client_id: clientId }
    const parameters = oauth.validateAuthResponse(
      as,
      client,
      new URLSearchParams({ code, iss: as.issuer }),
      oauth.expectNoState,
    )
    const { access_token: token } = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(
        as,
        client,
        oauth.None(),
        parameters,
        redirectUri,
        verifier,
        reach,
      ),
    )
    const request = new Request(demoResource, { headers: { authorization: `Bearer ${token}` } })
    const claims = await oauth.validateJwtAccessToken(as, request, demoResource, {
      ...reach,
      [oauth.clockSkew]: clockSkew,
    })
    expect(claims).toMatchObject({
      iss: demoResource,
      sub: 'user-1',
      client_id: clientId,
      scope: 'mcp:tools',
    })
  })
})
