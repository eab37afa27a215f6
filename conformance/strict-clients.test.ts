import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { GatewayData } from './attacks/hosts/attacked-gateway.ts'
import { memory } from './attacks/storages.ts'
import { demoUrl, idpIssuer, loopbackUri, notesUrl, openTarget, publicUrl } from './attacks/target.ts'
import { isAccepted } from './attacks/token-requests.ts'
import { oauthClient, openidClient, type Proof } from './strict-client.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const clientSecret = '3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa'

type Method = Proof['method']
const confidential = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const
const libraries = { 'openid-client': openidClient, oauth4webapi: oauthClient }
const names = ['openid-client', 'oauth4webapi'] as const
const withMethods = (methods: readonly Method[]) =>
  names.flatMap((name) => methods.map((method) => [name, method] as const))

/** A gateway with everything switched on, and a strict client of it. */
async function strictClient(
  library: keyof typeof libraries,
  method: Method,
  { key, ...changes }: GatewayData & { readonly key?: CryptoKeyPair } = {},
) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const known = {
    none: {},
    client_secret_basic: { clientSecret },
    client_secret_post: { clientSecret },
    private_key_jwt: { jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] } },
  }[method]
  const proof = {
    none: { method: 'none' },
    client_secret_basic: { method: 'client_secret_basic', secret: clientSecret },
    client_secret_post: { method: 'client_secret_post', secret: clientSecret },
    private_key_jwt: { method: 'private_key_jwt', key: privateKey },
  }[method] as Proof
  const isPublic = method === 'none'
  const { target, close } = await openTarget(memory, {
    gateway: {
      deviceAuthorization: true,
      identityAssertions: isPublic ? [] : [{ provider: 'scripted', clients: ['strict'], newUsers: 'create' }],
      clients: [
        {
          clientId: 'strict',
          name: 'Strict',
          redirectUris: [loopbackUri],
          ...known,
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
      ...changes,
    },
  })
  onTestFinished(close)
  const { fetch, browser, clock } = target
  const skew = clock.seconds() - Math.floor(Date.now() / 1000)
  return {
    target,
    client: await libraries[library]({ clientId: 'strict', proof, fetch, browser, skew, key }),
  }
}

describe.each(withMethods(['none', ...confidential]))('%s with %s', (library, method) => {
  it('signs a user in, refreshes and revokes (authorization_code, refresh_token)', async () => {
    const { target, client } = await strictClient(library, method)
    const tokens = await client.signIn()
    expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(true)
    const next = await client.refresh(tokens.refresh_token ?? '')
    expect(await isAccepted(target, demoUrl, next.access_token)).toBe(true)
    await client.revoke(next.refresh_token ?? '')
    expect(await isAccepted(target, demoUrl, next.access_token)).toBe(false)
  })

  it.each([{}, { dpopNonceTtlSeconds: 60 }])(
    'D07 signs a user in, refreshes and calls with a key of its own (DPoP, RFC 9449) %j',
    async (options) => {
      const key = await generateKeyPair('ES256')
      const { target, client } = await strictClient(library, method, { key, dpop: true, ...options })
      const tokens = await client.signIn()
      expect(tokens.token_type).toBe('dpop')
      expect((await client.listTools(tokens.access_token)).status).toBe(200)
      expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(false)
      const next = await client.refresh(tokens.refresh_token ?? '')
      expect(next.token_type).toBe('dpop')
      expect((await client.listTools(next.access_token)).status).toBe(200)
    },
  )

  it('signs a device in (RFC 8628)', async () => {
    const { target, client } = await strictClient(library, method)
    const begun = await client.beginDevice()
    const page = await target.browser.open(begun.verification_uri_complete ?? '')
    await page.submit({}, { button: 'Allow' })
    const tokens = await client.grant(deviceGrant, { device_code: begun.device_code })
    expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(true)
  })
})

describe.each(withMethods(confidential))('%s with %s', (library, method) => {
  it('acts for itself, and asks about its token (client_credentials, RFC 7662)', async () => {
    const { target, client } = await strictClient(library, method)
    const tokens = await client.grant('client_credentials', { resource: demoUrl })
    expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(true)
    const about = await client.introspect(tokens.access_token)
    expect(about).toMatchObject({ active: true, client_id: 'strict', aud: demoUrl })
  })

  it("exchanges a user's token (RFC 8693)", async () => {
    const { target, client } = await strictClient(library, method)
    const { access_token: subjectToken } = await client.signIn()
    const tokens = await client.grant(exchangeGrant, {
      subject_token: subjectToken,
      subject_token_type: accessTokenType,
      resource: notesUrl,
    })
    expect(await isAccepted(target, notesUrl, tokens.access_token)).toBe(true)
  })

  it('presents an identity assertion (ID-JAG, RFC 7523)', async () => {
    const { target, client } = await strictClient(library, method)
    const now = target.clock.seconds()
    const claims = { iss: idpIssuer, sub: 'ada', aud: publicUrl, client_id: 'strict', resource: demoUrl }
    const assertion = await target.idp.sign(
      { ...claims, scope: 'mcp:tools', jti: crypto.randomUUID(), iat: now, exp: now + 300 },
      { typ: 'oauth-id-jag+jwt' },
    )
    const tokens = await client.grant(assertionGrant, { assertion })
    expect(await isAccepted(target, demoUrl, tokens.access_token)).toBe(true)
  })
})
