import { memoryStorage } from '@portico/storage'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'

import { publicUrl, testServer } from '../test-server.ts'
import type { Form } from '../token-client.ts'
import {
  approvedCode,
  codeForm,
  demoResource,
  redirectUri,
  registerClient,
  requestToken,
} from '../token-client.ts'

type TestServer = ReturnType<typeof testServer>

/** `undefined` leaves a claim out. */
type Claims = { readonly [name: string]: unknown }

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` })

async function attempt(
  server: TestServer,
  clientId: string,
  change: Form = {},
  headers: Readonly<Record<string, string>> = {},
) {
  const code = await approvedCode(server, clientId)
  return requestToken(server, { ...codeForm(clientId, code), ...change }, headers)
}

describe('a client with a secret', () => {
  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'AS-51 A10 authenticates by %s alone, the method it registered',
    async (method) => {
      const server = testServer()
      const { client_id: id, client_secret: secret = '' } = await registerClient(server, {
        token_endpoint_auth_method: method,
      })
      const ways = {
        client_secret_basic: await attempt(server, id, { client_id: undefined }, basic(id, secret)),
        client_secret_post: await attempt(server, id, { client_secret: secret }),
        none: await attempt(server, id),
      }
      for (const [way, { status, body }] of Object.entries(ways)) {
        expect([way, status, body.error]).toEqual(
          way === method ? [way, 200, undefined] : [way, 401, 'invalid_client'],
        )
      }
    },
  )

  it('AS-52 gets the challenge of the scheme it used, and only then', async () => {
    const server = testServer()
    const { client_id: id } = await registerClient(server, {
      token_endpoint_auth_method: 'client_secret_basic',
    })
    const byHeader = await attempt(server, id, { client_id: undefined }, basic(id, 'wrong'))
    expect(byHeader.status).toBe(401)
    expect(byHeader.headers.get('www-authenticate')).toMatch(/^Basic /)
    const byBody = await attempt(server, id, { client_secret: 'wrong' })
    expect(byBody.status).toBe(401)
    expect(byBody.headers.get('www-authenticate')).toBeNull()
  })

  it.each([
    ['A10 the secret of another client', 'other'],
    ['a wrong secret', 'wrong'],
    ['a secret with more behind it', 'longer'],
  ])('A10 is refused with %s', async (_, which) => {
    const server = testServer()
    const metadata = { token_endpoint_auth_method: 'client_secret_basic' }
    const { client_id: id, client_secret: secret = '' } = await registerClient(server, metadata)
    const other = await registerClient(server, metadata)
    const secrets: Record<string, string> = {
      other: other.client_secret ?? '',
      wrong: 'x',
      longer: `${secret}x`,
    }
    const refused = await attempt(server, id, { client_id: undefined }, basic(id, secrets[which] ?? ''))
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    expect((await attempt(server, id, { client_id: undefined }, basic(id, secret))).status).toBe(200)
    expect(server.events.map((event) => event.name)).toContain('client.authentication_failed')
  })

  it('AS-51 reads Basic credentials form-urlencoded (RFC 6749 section 2.3.1)', async () => {
    const clientSecret = 'a secret with % and + and : and \u00FC in it'
    const server = testServer({
      clients: [{ clientId: 'my:client', name: 'Mine', redirectUris: [redirectUri], clientSecret }],
    })
    const form = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
    const headers = basic(form('my:client'), form(clientSecret))
    expect((await attempt(server, 'my:client', { client_id: undefined }, headers)).status).toBe(200)
  })

  it.each([
    [
      'two methods: header and body',
      (secret: string) => [{ client_secret: secret }, true],
      'invalid_request',
    ],
    [
      'two methods: secret and assertion',
      (secret: string) => [
        { client_secret: secret, client_assertion: 'a.b.c', client_assertion_type: assertionType },
        false,
      ],
      'invalid_request',
    ],
    [
      'another client_id in the body than in the header',
      () => [{ client_id: 'other' }, true],
      'invalid_request',
    ],
    ['an assertion type alone', () => [{ client_assertion_type: assertionType }, false], 'invalid_request'],
    [
      'an unknown assertion type',
      () => [{ client_assertion: 'a.b.c', client_assertion_type: 'saml' }, false],
      'invalid_request',
    ],
    [
      'an assertion that is none',
      () => [{ client_assertion: 'a.b.c', client_assertion_type: assertionType }, false],
      'invalid_client',
    ],
  ] as [string, (secret: string) => [Form, boolean], string][])(
    'AS-51 A10 refuses %s',
    async (_, change, error) => {
      const server = testServer()
      const { client_id: id, client_secret: secret = '' } = await registerClient(server, {
        token_endpoint_auth_method: 'client_secret_basic',
      })
      const [form, withHeader] = change(secret)
      const refused = await attempt(server, id, form, withHeader ? basic(id, secret) : {})
      expect(refused.body.error).toBe(error)
    },
  )

  it.each([
    'Basic',
    'Basic !!!',
    `Basic ${btoa('nocolon')}`,
    `Basic ${btoa(':secret')}`,
    `Basic ${btoa('a%zz:b')}`,
  ])('A10 refuses the malformed header %s with 401', async (authorization) => {
    const server = testServer()
    const refused = await attempt(server, 'any', {}, { authorization })
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic /)
  })
})

it('A09 notes no more of an id that nobody has than an id can be', async () => {
  const server = testServer()
  const { body } = await requestToken(server, codeForm('x'.repeat(20_000), 'code'))
  expect(body.error).toBe('invalid_client')
  const noted = server.events.find(({ name }) => name === 'client.authentication_failed')
  expect(noted?.clientId).toBe('x'.repeat(512))
})

describe('a public client', () => {
  it('AS-51 is refused when it brings a secret it does not have', async () => {
    const server = testServer()
    const { client_id: id } = await registerClient(server)
    expect((await attempt(server, id)).status).toBe(200)
    expect((await attempt(server, id, { client_secret: 'x' })).body.error).toBe('invalid_client')
  })
})

describe('private_key_jwt', () => {
  async function keyedClient(
    options: { alg?: string; published?: boolean; storage?: ReturnType<typeof memoryStorage> } = {},
  ) {
    const alg = options.alg ?? 'ES256'
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' }
    const web = { keys: [jwk] as JWK[], status: 200, fetched: 0 }
    const server = testServer({
      ...(options.storage && { storage: options.storage }),
      fetch: (url) => {
        expect(String(url)).toBe('https://client.example/jwks.json')
        web.fetched += 1
        return Promise.resolve(Response.json({ keys: web.keys }, { status: web.status }))
      },
    })
    const { client_id: id } = await registerClient(server, {
      token_endpoint_auth_method: 'private_key_jwt',
      ...(options.published ? { jwks_uri: 'https://client.example/jwks.json' } : { jwks: { keys: [jwk] } }),
    })
    let count = 0
    const assertion = (claims: Claims = {}, header = {}, key: CryptoKey = privateKey) => {
      count += 1
      const now = server.clock.seconds
      return new SignJWT({
        iss: id,
        sub: id,
        aud: publicUrl,
        jti: `jti-${count}`,
        iat: now,
        exp: now + 60,
        ...claims,
      })
        .setProtectedHeader({ alg, kid: 'k1', ...header })
        .sign(key)
    }
    const send = async (client_assertion: string, change: Form = {}) =>
      attempt(server, id, { client_assertion, client_assertion_type: assertionType, ...change })
    return { server, id, assertion, send, web, privateKey }
  }

  it.each(['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA'])(
    'AS-51 CIMD-08 takes an assertion signed with %s',
    async (alg) => {
      const { assertion, send } = await keyedClient({ alg })
      expect((await send(await assertion())).status).toBe(200)
    },
  )

  it.each([publicUrl, demoResource, `${publicUrl}/oauth/token`, `${publicUrl}/token`, [publicUrl]])(
    'DEC-07 takes the audience %s',
    async (aud) => {
      const { assertion, send } = await keyedClient()
      expect((await send(await assertion({ aud }))).status).toBe(200)
    },
  )

  it.each<[string, Claims]>([
    ['I04 another audience', { aud: 'https://other.example' }],
    ['I04 one audience too many', { aud: [publicUrl, 'https://other.example'] }],
    ['I04 an audience that looks like ours', { aud: `${publicUrl}/` }],
    ['another issuer', { iss: 'other' }],
    ['an expiry in the past', { exp: 1_799_999_900 }],
    ['a start in the future', { nbf: 1_800_000_100 }],
    ['a life of more than an hour', { exp: 1_800_003_700 }],
    ['no jti', { jti: undefined }],
    ['no expiry', { exp: undefined }],
  ])('CIMD-08 refuses %s', async (_, claims) => {
    const { assertion, send } = await keyedClient()
    const refused = await send(await assertion(claims))
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    expect((await send(await assertion())).status).toBe(200)
  })

  it('CIMD-08 I04 takes a jti once, on every node', async () => {
    const storage = memoryStorage({ now: () => 1_800_000_000 })
    const { server, id, assertion, send } = await keyedClient({ storage })
    const other = testServer({ storage })
    const first = await assertion({ jti: 'once' })
    expect((await send(first)).status).toBe(200)
    expect((await send(first)).body.error).toBe('invalid_client')
    const again = await attempt(other, id, { client_assertion: first, client_assertion_type: assertionType })
    expect(again.body.error).toBe('invalid_client')
    const parallel = await assertion({ jti: 'parallel' })
    const answers = await Promise.all([send(parallel), send(parallel), send(parallel)])
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(server.events.filter((event) => event.name === 'client.authentication_failed')).toHaveLength(3)
  })

  it('refuses a foreign key, an unknown kid and a symmetric algorithm', async () => {
    const { assertion, send } = await keyedClient()
    const foreign = (await generateKeyPair('ES256')).privateKey
    expect((await send(await assertion({}, {}, foreign))).body.error).toBe('invalid_client')
    expect((await send(await assertion({}, { kid: 'k2' }))).body.error).toBe('invalid_client')
    const secret = await crypto.subtle.importKey(
      'raw',
      new Uint8Array(32),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    expect((await send(await assertion({}, { alg: 'HS256' }, secret))).body.error).toBe('invalid_client')
  })

  it.each<[string, JWK]>([
    ['is not on its curve', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }],
    ['is too short', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
  ])('AS-51 refuses an assertion when the key that its client published %s', async (_which, key) => {
    const { server, assertion, send, web } = await keyedClient({ published: true })
    const [good] = web.keys
    web.keys = [{ ...key, kid: 'k1' }]
    const refused = await send(await assertion())
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    expect(server.events.map(({ name }) => name)).not.toContain('server.failed')
    web.keys = good ? [good] : []
    server.clock.seconds += 600
    expect((await send(await assertion())).status).toBe(200)
  })

  it.each([5, true, {}, ['a-client']])(
    'AS-51 takes nothing for the name of a client but a text: not %j',
    async (sub) => {
      const { server, assertion } = await keyedClient()
      const form = { grant_type: 'authorization_code', code: 'code', client_assertion_type: assertionType }
      const refused = await requestToken(server, { ...form, client_assertion: await assertion({ sub }) })
      expect([refused.status, refused.body]).toEqual([
        401,
        expect.objectContaining({
          error: 'invalid_client',
          error_description: 'The client assertion is malformed.',
        }),
      ])
      expect(server.events.map(({ name }) => name)).not.toContain('client.authentication_failed')
    },
  )

  it('AS-51 never falls back: without an assertion, or with a bad one and a client_id, there is no token', async () => {
    const { server, id, send } = await keyedClient()
    expect((await attempt(server, id)).body.error).toBe('invalid_client')
    expect((await send('a.b.c', { client_id: id })).body.error).toBe('invalid_client')
  })

  it('refuses the assertion of one client beside the id of another', async () => {
    const { server, assertion, send } = await keyedClient()
    const other = await registerClient(server)
    expect((await send(await assertion(), { client_id: other.client_id })).body.error).toBe('invalid_request')
  })

  it('takes keys from jwks_uri, cached, and asks again for an unknown kid after a pause', async () => {
    const { server, assertion, send, web } = await keyedClient({ published: true })
    expect((await send(await assertion())).status).toBe(200)
    expect((await send(await assertion())).status).toBe(200)
    expect(web.fetched).toBe(1)

    const next = await generateKeyPair('ES256', { extractable: true })
    web.keys = [{ ...(await exportJWK(next.publicKey)), kid: 'k2' }]
    expect((await send(await assertion({}, { kid: 'k2' }, next.privateKey))).body.error).toBe(
      'invalid_client',
    )
    expect(web.fetched).toBe(1)
    server.clock.seconds += 30
    expect((await send(await assertion({}, { kid: 'k2' }, next.privateKey))).status).toBe(200)
    expect(web.fetched).toBe(2)
  })

  it('CIMD-15 is told to come back when its keys cannot be fetched, and the failure is not cached', async () => {
    const { assertion, send, web } = await keyedClient({ published: true })
    web.status = 500
    const away = await send(await assertion())
    expect([away.status, away.body.error]).toEqual([503, 'temporarily_unavailable'])
    expect(away.headers.get('retry-after')).not.toBeNull()
    web.status = 200
    expect((await send(await assertion())).status).toBe(200)
  })

  it('takes any key of the set when the assertion names none', async () => {
    const { assertion, send, web } = await keyedClient({ published: true })
    const other = await generateKeyPair('ES256', { extractable: true })
    web.keys = [{ ...(await exportJWK(other.publicKey)), kid: 'k0' }, ...web.keys]
    expect((await send(await assertion({}, { kid: undefined }))).status).toBe(200)
  })
})
