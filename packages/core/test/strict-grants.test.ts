import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'

import type { AuthorizationServerOptions } from '../src/options.ts'
import { demoUrl, type Flow, notesUrl, signInFlow } from './sign-in-flow.ts'
import { publicUrl } from './test-server.ts'

// The grants beyond the code, with a client that refuses whatever the RFCs let it refuse.

const clientSecret = 'a-long-enough-secret-of-forty-characters'
const authentication = oauth.ClientSecretBasic(clientSecret)

async function strictFlow(server: Partial<AuthorizationServerOptions>) {
  const flow = signInFlow({ server })
  const reach = {
    [oauth.customFetch]: (url: string, init: object) => flow.fetch(new Request(url, init)),
  }
  const issuer = new URL(demoUrl)
  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...reach }),
  )
  return { flow, as, reach }
}

const basicClient = (clientId: string, more: object) => ({ clientId, name: clientId, clientSecret, ...more })

/** What a user's own client gets by signing in. */
async function userToken({ client }: Flow): Promise<string> {
  const metadata = await client.authorizationServer(demoUrl)
  const identity = await client.register(metadata)
  const request = await client.steps.authorizationRequest(metadata, identity, { resource: demoUrl })
  const callback = await client.authorize(request)
  return (await client.redeem(metadata, identity, request, callback)).accessToken
}

describe('a strict client', () => {
  it('signs in as a device (RFC 8628)', async () => {
    const grantTypes = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'] as const
    const { flow, as, reach } = await strictFlow({
      deviceAuthorization: true,
      clients: [basicClient('tv', { grantTypes })],
    })
    const client = { client_id: 'tv' }
    const device = await oauth.processDeviceAuthorizationResponse(
      as,
      client,
      await oauth.deviceAuthorizationRequest(as, client, authentication, { scope: 'mcp:tools' }, reach),
    )
    const poll = async () =>
      oauth.processDeviceCodeResponse(
        as,
        client,
        await oauth.deviceCodeGrantRequest(as, client, authentication, device.device_code, reach),
      )
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' })
    const page = await flow.browser.open(device.verification_uri_complete ?? '')
    await page.submit({}, { button: 'Allow' })
    flow.clock.advance(5)
    const tokens = await poll()
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'mcp:tools' })
    const refreshed = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token ?? '', reach),
    )
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
  })

  it('EMA-01 exchanges an identity assertion (RFC 7523)', async () => {
    const { flow, as, reach } = await strictFlow({
      clients: [basicClient('agent', { grantTypes: [] })],
      identityAssertions: [{ provider: 'scripted', clients: ['agent'], newUsers: 'create' }],
    })
    const client = { client_id: 'agent' }
    const now = flow.clock.seconds()
    const assertion = await flow.idp.sign(
      {
        iss: flow.idp.issuer,
        sub: 'ada',
        aud: as.issuer,
        client_id: 'agent',
        resource: demoUrl,
        jti: crypto.randomUUID(),
        iat: now,
        exp: now + 300,
      },
      { typ: 'oauth-id-jag+jwt' },
    )
    const response = await oauth.genericTokenEndpointRequest(
      as,
      client,
      authentication,
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      { assertion },
      reach,
    )
    const tokens = await oauth.processGenericTokenEndpointResponse(as, client, response)
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'mcp:tools' })
    expect(tokens.refresh_token).toBeUndefined()
  })

  it('exchanges a token of a user for one of another resource (RFC 8693)', async () => {
    const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
    const exchanges = { from: ['/mcp/demo'], to: ['/mcp/notes'] }
    const { flow, as, reach } = await strictFlow({
      clients: [basicClient('middle', { grantTypes: [grantType], exchanges })],
    })
    const client = { client_id: 'middle' }
    const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
    const response = await oauth.genericTokenEndpointRequest(
      as,
      client,
      authentication,
      grantType,
      { subject_token: await userToken(flow), subject_token_type: accessTokenType, resource: notesUrl },
      reach,
    )
    const tokens = await oauth.processGenericTokenEndpointResponse(as, client, response)
    expect(tokens).toMatchObject({ issued_token_type: accessTokenType, scope: 'notes:read' })
    expect(await flow.server.verifyAccessToken(tokens.access_token, notesUrl)).toMatchObject({
      actor: 'user',
    })
  })

  it('registers with an initial access token (RFC 7591)', async () => {
    const token = 'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk'
    const { as, reach } = await strictFlow({
      registration: { initialAccessTokens: [token], management: true },
    })
    const metadata = { redirect_uris: ['https://client.example/callback'], client_name: 'Strict' }
    const register = async (initialAccessToken?: string) =>
      oauth.processDynamicClientRegistrationResponse(
        await oauth.dynamicClientRegistrationRequest(as, metadata, {
          ...reach,
          ...(initialAccessToken !== undefined && { initialAccessToken }),
        }),
      )
    await expect(register()).rejects.toThrow(oauth.WWWAuthenticateChallengeError)
    expect(await register(token)).toMatchObject({
      registration_client_uri: expect.stringContaining(`${publicUrl}/oauth/register/`) as string,
    })
  })
})
