import { createScriptedMcpClient, type Page, answerPages } from '@portico/test-peers'
import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { exportJWK, generateKeyPair } from 'jose'
import * as openid from 'openid-client'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createBrowser, redirectUri, runDemo } from './running-demo.ts'

const options: openid.DiscoveryRequestOptions = {
  algorithm: 'oauth2',
  // oxlint-disable-next-line typescript/no-deprecated -- everything is on loopback, without TLS
  execute: [openid.allowInsecureRequests],
}

/** Signs in with openid-client and returns what it accepted. */
async function signIn(configuration: openid.Configuration, resource: string) {
  const verifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const url = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    resource,
    scope: 'mcp:tools offline_access',
    state,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const page: Page = await answerPages(await createBrowser().open(url))
  return openid.authorizationCodeGrant(configuration, new URL(page.url), {
    pkceCodeVerifier: verifier,
    expectedState: state,
  })
}

describe('openid-client', () => {
  it.each([
    ['none', openid.None()],
    ['client_secret_basic', openid.ClientSecretBasic()],
    ['client_secret_post', openid.ClientSecretPost()],
  ])('registers with %s, signs in, refreshes and revokes', async (method, authentication) => {
    const demo = await runDemo()
    const resource = `${demo.origin}/mcp/demo`
    const metadata = {
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: method,
      client_name: 'openid-client',
    }
    const configuration = await openid.dynamicClientRegistration(
      new URL(resource),
      metadata,
      authentication,
      options,
    )
    const tokens = await signIn(configuration, resource)
    expect(tokens).toMatchObject({
      token_type: 'bearer',
      scope: expect.stringContaining('mcp:tools') as string,
    })
    const next = await openid.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    await openid.tokenRevocation(configuration, next.refresh_token ?? '')
    await expect(openid.refreshTokenGrant(configuration, next.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('authenticates by private_key_jwt with the keys of its metadata document (CIMD-08), and not with others', async () => {
    const demo = await runDemo()
    const resource = `${demo.origin}/mcp/demo`
    const [right, wrong] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const jwk = { ...(await exportJWK(right.publicKey)), alg: 'ES256', use: 'sig', kid: 'key-1' }
    const documents = await serveOnLoopback(
      (origin) => () =>
        Response.json({
          client_id: `${origin}/client.json`,
          client_name: 'openid-client',
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [jwk] },
        }),
    )
    onTestFinished(() => documents.close())
    const configure = (key: CryptoKey) =>
      openid.discovery(
        new URL(resource),
        `${documents.origin}/client.json`,
        undefined,
        openid.PrivateKeyJwt({ key, kid: 'key-1' }),
        options,
      )
    expect(await signIn(await configure(right.privateKey), resource)).toHaveProperty('access_token')
    await expect(signIn(await configure(wrong.privateKey), resource)).rejects.toMatchObject({
      error: 'invalid_client',
    })
  })
})

describe('oauth4webapi', () => {
  it.each(['/mcp/demo', '/mcp/notes'])('accepts every answer on the way to %s', async (path) => {
    const demo = await runDemo()
    const client = createScriptedMcpClient({ fetch: nodeFetch, browser: createBrowser(), redirectUri })
    const connection = await client.connect(`${demo.origin}${path}`)
    expect((await connection.call('tools/list')).result).toHaveProperty('tools')
    await connection.refresh()
    expect((await connection.call('tools/list')).result).toHaveProperty('tools')
  })

  it('is told access_denied when the user denies, and nobody gets a token', async () => {
    const demo = await runDemo()
    const client = createScriptedMcpClient({ fetch: nodeFetch, browser: createBrowser(), redirectUri })
    const denied = client.connect(`${demo.origin}/mcp/demo`, { person: { denies: true } })
    await expect(denied).rejects.toMatchObject({ error: 'access_denied' })
  })
})
