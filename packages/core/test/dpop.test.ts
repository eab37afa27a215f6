import { base64url, exportJWK, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'

import { sha256Text } from '../src/digest.ts'
import { records } from '../src/records.ts'
import { keyHolder } from './dpop-key-holder.ts'
import { signInFlow } from './sign-in-flow.ts'
import { publicUrl, testServer } from './test-server.ts'
import {
  type ApprovedCode,
  approvedCode,
  codeForm,
  demoResource,
  type Form,
  formBody,
  refreshForm,
  registerClient,
  requestToken,
} from './token-client.ts'

type TestServer = ReturnType<typeof testServer>

async function pendingCode(server: TestServer, approved: ApprovedCode = {}) {
  const { client_id: clientId } = await registerClient(server)
  return { clientId, form: codeForm(clientId, await approvedCode(server, clientId, approved)) }
}

const send = (server: TestServer, form: Form, proof?: string) =>
  requestToken(server, form, proof === undefined ? {} : { dpop: proof })

describe('DPoP at the token endpoint', () => {
  it.each(['ES256', 'RS256', 'EdDSA'])('binds the tokens to the key of the proof (%s)', async (alg) => {
    const server = testServer({ dpop: true })
    const key = await keyHolder(alg)
    const { form } = await pendingCode(server)
    const { status, body } = await send(server, form, await key.prove())
    expect(status).toBe(200)
    expect(body.token_type).toBe('DPoP')
  })

  it('issues bearer tokens to who sends no proof', async () => {
    const server = testServer({ dpop: true })
    const { form } = await pendingCode(server)
    expect((await send(server, form)).body.token_type).toBe('Bearer')
  })

  it('D07 refuses a proof, and the code stays usable', async () => {
    const server = testServer({ dpop: true })
    const key = await keyHolder()
    const other = await keyHolder()
    const { form } = await pendingCode(server)
    const proofs: Record<string, string> = {
      'for another method': await key.prove({ htm: 'GET' }),
      'for another URL': await key.prove({ htu: `${publicUrl}/oauth/revoke` }),
      'for another host': await key.prove({ htu: 'https://other.example/oauth/token' }),
      'that is old': await key.prove({ iat: 1_800_000_000 - 301 }),
      'of the future': await key.prove({ iat: 1_800_000_000 + 31 }),
      'without a jti': await key.prove({ jti: undefined }),
      'without a time': await key.prove({ iat: undefined }),
      'of another type': await key.prove({}, { typ: 'JWT' }),
      'with the key of somebody else': await key.prove({}, { jwk: other.jwk }),
      'with a private key inside': await key.prove({}, { jwk: await exportJWK(key.privateKey) }),
      'without a key': await key.prove({}, { jwk: undefined }),
      'that is two proofs': `${await key.prove()}, ${await key.prove()}`,
      'that is none': 'proof',
    }
    for (const [which, proof] of Object.entries(proofs)) {
      const { status, body } = await send(server, form, proof)
      expect([which, status, body.error]).toEqual([which, 400, 'invalid_dpop_proof'])
    }
    expect((await send(server, form, await key.prove())).status).toBe(200)
  })

  const zeros = 'A'.repeat(43)
  it.each<[string, string, JWK]>([
    ['is not on its curve', 'ES256', { kty: 'EC', crv: 'P-256', x: zeros, y: zeros }],
    ['is too short', 'ES256', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
    ['is of a curve that nobody knows', 'ES256', { kty: 'EC', crv: 'P-999', x: zeros, y: zeros }],
    ['is of another curve', 'EdDSA', { kty: 'OKP', crv: 'X25519', x: zeros }],
    ['is weak', 'RS256', { kty: 'RSA', n: `AQAB${zeros}`, e: 'AQAB' }],
    ['is empty', 'RS256', { kty: 'RSA', n: '', e: '' }],
  ])('D07 refuses a proof whose key %s as any other bad proof', async (_which, alg, jwk) => {
    const server = testServer({ dpop: true })
    const { form } = await pendingCode(server)
    const key = await keyHolder()
    const [, claims = '', signature = ''] = (await key.prove()).split('.')
    const header = base64url.encode(JSON.stringify({ alg, typ: 'dpop+jwt', jwk }))
    const { status, body } = await send(server, form, `${header}.${claims}.${signature}`)
    expect([status, body.error]).toEqual([400, 'invalid_dpop_proof'])
    expect(server.events.map(({ name }) => name)).not.toContain('server.failed')
    expect((await send(server, form, await key.prove())).status).toBe(200)
  })

  it('D07 takes a proof once', async () => {
    const server = testServer({ dpop: true })
    const key = await keyHolder()
    const proof = await key.prove()
    const first = await pendingCode(server)
    const second = await pendingCode(server)
    expect((await send(server, first.form, proof)).status).toBe(200)
    expect((await send(server, second.form, proof)).body.error).toBe('invalid_dpop_proof')
  })

  it('takes the URL with a query and in other case, as RFC 9449 section 4.3 compares it', async () => {
    const server = testServer({ dpop: true })
    const key = await keyHolder()
    const { form } = await pendingCode(server)
    const htu = 'HTTPS://MCP.example.com:443/oauth/token?x=1#y'
    expect((await send(server, form, await key.prove({ htu }))).status).toBe(200)
  })

  it('RFC 9449 section 10 redeems a code that is bound to a key with that key only', async () => {
    const server = testServer({ dpop: true })
    const key = await keyHolder()
    const other = await keyHolder()
    const { form } = await pendingCode(server, { request: { dpopKey: key.thumbprint } })
    expect((await send(server, form)).body.error).toBe('invalid_dpop_proof')
    expect((await send(server, form, await other.prove())).body.error).toBe('invalid_dpop_proof')
    expect((await send(server, form, await key.prove())).status).toBe(200)
  })

  it('RFC 9449 section 5 refreshes a public client with the key it began with only', async () => {
    const server = testServer({ dpop: true })
    const key = await keyHolder()
    const other = await keyHolder()
    const { clientId, form } = await pendingCode(server)
    const { body } = await send(server, form, await key.prove())
    const refresh = refreshForm(clientId, body.refresh_token)
    expect((await send(server, refresh)).body.error).toBe('invalid_dpop_proof')
    expect((await send(server, refresh, await other.prove())).body.error).toBe('invalid_dpop_proof')
    const refreshed = await send(server, refresh, await key.prove())
    expect([refreshed.status, refreshed.body.token_type]).toEqual([200, 'DPoP'])
  })

  it('RFC 9449 section 5.2 issues nothing but bound tokens to a client that registered for them', async () => {
    const server = testServer({ dpop: true })
    const key = await keyHolder()
    const { client_id, ...registered } = await registerClient(server, { dpop_bound_access_tokens: true })
    expect(registered).toHaveProperty('dpop_bound_access_tokens', true)
    const form = codeForm(client_id, await approvedCode(server, client_id))
    expect((await send(server, form)).body.error).toBe('invalid_dpop_proof')
    expect((await send(server, form, await key.prove())).status).toBe(200)
  })

  it('is off by default: not announced, proofs are ignored, nothing is bound', async () => {
    const server = testServer()
    const metadata = await (await server.request('/.well-known/oauth-authorization-server')).json()
    expect(metadata).not.toHaveProperty('dpop_signing_alg_values_supported')
    expect(await registerClient(server, { dpop_bound_access_tokens: true })).not.toHaveProperty(
      'dpop_bound_access_tokens',
    )
    const { form } = await pendingCode(server)
    expect((await send(server, form, 'nonsense')).body.token_type).toBe('Bearer')
    const on = await (
      await testServer({ dpop: true }).request('/.well-known/oauth-authorization-server')
    ).json()
    expect(on).toMatchObject({
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']) as string[],
    })
  })
})

describe('dpop_jkt at the authorization endpoint', () => {
  it('RFC 9449 section 10 binds the code to the key', async () => {
    const flow = signInFlow({ server: { dpop: true } })
    const { thumbprint } = await keyHolder()
    const callback = await flow.connect({ dpop_jkt: thumbprint })
    const code = await records(flow.server.context.storage, 'code').get(callback.parameters.get('code') ?? '')
    expect(code?.value.dpopKey).toBe(thumbprint)
  })

  it('is refused when it is no thumbprint, and ignored where DPoP is off', async () => {
    const on = signInFlow({ server: { dpop: true } })
    const refused = await on.browser.open((await on.request({ dpop_jkt: 'short' })).url)
    expect(refused.parameters.get('error')).toBe('invalid_request')
    const callback = await signInFlow().connect({ dpop_jkt: 'short' })
    expect(callback.parameters.get('code')).not.toBeNull()
  })
})

describe('DPoP at a resource', () => {
  async function boundToken(format: 'jwt' | 'opaque') {
    const server = testServer({ dpop: true, accessToken: { format } })
    const key = await keyHolder()
    const { form } = await pendingCode(server)
    const { body } = await send(server, form, await key.prove())
    const token = body.access_token
    const request = { method: 'POST', url: demoResource }
    const claims = { htu: demoResource, ath: sha256Text(token) }
    return { server, key, token, request, claims }
  }

  it.each(['jwt', 'opaque'] as const)(
    'D07 takes a bound token with its proof, and never as a bearer token (%s)',
    async (format) => {
      const { server, key, token, request, claims } = await boundToken(format)
      const proof = await key.prove(claims)
      expect(await server.verifyAccessToken(token, demoResource, { proof, ...request })).toMatchObject({
        subject: 'user-1',
      })
      expect(await server.verifyAccessToken(token, demoResource)).toBeUndefined()
    },
  )

  it('D07 refuses a token that is not bound when it comes with a proof', async () => {
    const server = testServer({ dpop: true })
    const key = await keyHolder()
    const { form } = await pendingCode(server)
    const { body } = await send(server, form)
    const claims = { htu: demoResource, ath: sha256Text(body.access_token) }
    const presented = { proof: await key.prove(claims), method: 'POST', url: demoResource }
    expect(await server.verifyAccessToken(body.access_token, demoResource, presented)).toBeUndefined()
    expect(await server.verifyAccessToken(body.access_token, demoResource)).toBeDefined()
  })

  it.each<[string, Record<string, unknown>]>([
    ['for another method', { htm: 'GET' }],
    ['for another URL', { htu: `${publicUrl}/mcp/notes` }],
    ['without ath', { ath: undefined }],
    ['with the ath of another token', { ath: sha256Text('other') }],
    ['that is old', { iat: 1_800_000_000 - 301 }],
    ['with the digest of another body', { content_digest: 'sha-256=:AAAA:' }],
  ])('D07 refuses a proof %s', async (_, change) => {
    const { server, key, token, request, claims } = await boundToken('jwt')
    const presented = { ...request, contentDigest: 'sha-256=:BBBB:' }
    const wrong = { proof: await key.prove({ ...claims, ...change }), ...presented }
    await expect(server.verifyAccessToken(token, demoResource, wrong)).rejects.toMatchObject({
      code: 'invalid_dpop_proof',
    })
    const right = { proof: await key.prove({ ...claims, content_digest: 'sha-256=:BBBB:' }), ...presented }
    expect(await server.verifyAccessToken(token, demoResource, right)).toBeDefined()
  })

  it('D07 refuses a proof of another key, and one that was used before', async () => {
    const { server, key, token, request, claims } = await boundToken('jwt')
    const thief = await keyHolder()
    const stolen = { proof: await thief.prove(claims), ...request }
    await expect(server.verifyAccessToken(token, demoResource, stolen)).rejects.toMatchObject({
      code: 'invalid_dpop_proof',
    })
    const once = { proof: await key.prove(claims), ...request }
    expect(await server.verifyAccessToken(token, demoResource, once)).toBeDefined()
    await expect(server.verifyAccessToken(token, demoResource, once)).rejects.toMatchObject({
      code: 'invalid_dpop_proof',
    })
  })

  it('AS-81 introspection says which key a token is bound to', async () => {
    const clientSecret = 'a-long-enough-secret-of-forty-characters'
    const server = testServer({
      dpop: true,
      clients: [
        {
          clientId: 'rs',
          name: 'RS',
          clientSecret,
          authMethod: 'client_secret_post',
          grantTypes: [],
          introspects: ['/mcp/demo'],
        },
      ],
    })
    const key = await keyHolder()
    const { form } = await pendingCode(server)
    const { body } = await send(server, form, await key.prove())
    const asked = formBody({ client_id: 'rs', client_secret: clientSecret, token: body.access_token })
    const response = await server.request('/oauth/introspect', { method: 'POST', body: asked })
    expect(await response.json()).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: key.thumbprint },
    })
  })
})
