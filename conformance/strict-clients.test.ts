import { answerPages } from '@portico/test-peers'
import { exportJWK, generateKeyPair } from 'jose'
import * as openid from 'openid-client'
import { describe, expect, it, onTestFinished } from 'vitest'

import { memory } from './attacks/storages.ts'
import {
  demoUrl,
  idpIssuer,
  loopbackUri,
  notesUrl,
  openTarget,
  publicUrl,
  scriptedProvider,
} from './attacks/target.ts'
import { isAccepted } from './attacks/token-requests.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const clientSecret = '3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa'

type Method = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
const confidential = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const

/** A gateway with everything switched on, and openid-client (over oauth4webapi) as its strict client. */
async function strictClient(method: Method) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const proof = {
    none: {},
    client_secret_basic: { clientSecret },
    client_secret_post: { clientSecret },
    private_key_jwt: { jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] } },
  }[method]
  const provider = scriptedProvider({ issuer: idpIssuer, clientId: 'client', clientSecret: 'secret' })
  const isPublic = method === 'none'
  const { target, close } = await openTarget(memory, {
    gateway: {
      deviceAuthorization: true,
      identityAssertions: isPublic
        ? []
        : [{ provider: provider.id, clients: ['strict'], newUsers: 'create' }],
      clients: [
        {
          clientId: 'strict',
          name: 'Strict',
          redirectUris: [loopbackUri],
          ...proof,
          authMethod: method,
          grantTypes: [
            'authorization_code',
            'refresh_token',
            deviceGrant,
            ...(isPublic ? [] : (['client_credentials', exchangeGrant] as const)),
          ],
          ...(!isPublic && {
            resources: ['/mcp/demo'],
            introspects: ['/mcp/demo'],
            exchanges: { from: ['/mcp/demo'], to: ['/mcp/notes'] },
          }),
        },
      ],
    },
  })
  onTestFinished(close)
  const authentication = {
    none: openid.None(),
    client_secret_basic: openid.ClientSecretBasic(clientSecret),
    client_secret_post: openid.ClientSecretPost(clientSecret),
    private_key_jwt: openid.PrivateKeyJwt({ key: privateKey, kid: 'one' }),
  }[method]
  const skew = target.clock.seconds() - Math.floor(Date.now() / 1000)
  const configuration = await openid.discovery(
    new URL(demoUrl),
    'strict',
    { [openid.clockSkew]: skew },
    authentication,
    { algorithm: 'oauth2', [openid.customFetch]: (url, init) => target.fetch(url, init as RequestInit) },
  )
  const signIn = async () => {
    const verifier = openid.randomPKCECodeVerifier()
    const state = openid.randomState()
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: loopbackUri,
      resource: demoUrl,
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const page = await answerPages(await target.browser.open(url))
    return openid.authorizationCodeGrant(configuration, new URL(page.url), {
      pkceCodeVerifier: verifier,
      expectedState: state,
    })
  }
  return { target, configuration, signIn }
}

describe.each(['none', ...confidential] as const)('openid-client with %s', (method) => {
  it('signs a user in, refreshes and revokes (authorization_code, refresh_token)', async () => {
    const { target, configuration, signIn } = await strictClient(method)
    const tokens = await signIn()
    expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(true)
    const next = await openid.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    expect(await isAccepted(target, demoUrl, next.access_token)).toBe(true)
    await openid.tokenRevocation(configuration, next.refresh_token ?? '')
    expect(await isAccepted(target, demoUrl, next.access_token)).toBe(false)
  })

  it('signs a device in (RFC 8628)', async () => {
    const { target, configuration } = await strictClient(method)
    const begun = await openid.initiateDeviceAuthorization(configuration, { resource: demoUrl })
    const page = await target.browser.open(begun.verification_uri_complete ?? '')
    await page.submit({}, { button: 'Allow' })
    const tokens = await openid.genericGrantRequest(configuration, deviceGrant, {
      device_code: begun.device_code,
    })
    expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(true)
  })
})

describe.each(confidential)('openid-client with %s', (method) => {
  it('acts for itself, and asks about its token (client_credentials, RFC 7662)', async () => {
    const { target, configuration } = await strictClient(method)
    const tokens = await openid.clientCredentialsGrant(configuration, { resource: demoUrl })
    expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(true)
    const about = await openid.tokenIntrospection(configuration, tokens.access_token)
    expect(about).toMatchObject({ active: true, client_id: 'strict', aud: demoUrl })
  })

  it("exchanges a user's token (RFC 8693)", async () => {
    const { target, configuration, signIn } = await strictClient(method)
    const { access_token: subjectToken } = await signIn()
    const tokens = await openid.genericGrantRequest(configuration, exchangeGrant, {
      subject_token: subjectToken,
      subject_token_type: accessTokenType,
      resource: notesUrl,
    })
    expect(await isAccepted(target, notesUrl, tokens.access_token)).toBe(true)
  })

  it('presents an identity assertion (ID-JAG, RFC 7523)', async () => {
    const { target, configuration } = await strictClient(method)
    const now = target.clock.seconds()
    const claims = { iss: idpIssuer, sub: 'ada', aud: publicUrl, client_id: 'strict', resource: demoUrl }
    const assertion = await target.idp.sign(
      { ...claims, scope: 'mcp:tools', jti: crypto.randomUUID(), iat: now, exp: now + 300 },
      { typ: 'oauth-id-jag+jwt' },
    )
    const tokens = await openid.genericGrantRequest(configuration, assertionGrant, { assertion })
    expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(true)
  })
})
