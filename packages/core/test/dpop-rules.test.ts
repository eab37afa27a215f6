import { memoryStorage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { sha256Text } from '../src/digest.ts'
import type { AuthorizationServerOptions } from '../src/options.ts'
import { keyHolder } from './dpop-key-holder.ts'
import { testServer, type TestServer } from './test-server.ts'
import {
  approvedCode,
  codeForm,
  demoResource,
  formBody,
  notesResource,
  refreshForm,
  registerClient,
  requestToken,
} from './token-client.ts'

type KeyHolder = Awaited<ReturnType<typeof keyHolder>>

const start = 1_800_000_000

async function pendingForm(server: TestServer, resource = demoResource) {
  const { client_id: clientId } = await registerClient(server)
  return codeForm(clientId, await approvedCode(server, clientId, { request: { resource } }))
}

async function present(
  server: TestServer,
  key: KeyHolder,
  token: string,
  claims: Readonly<Record<string, unknown>> = {},
) {
  const proof = await key.prove({ htu: demoResource, ath: sha256Text(token), ...claims })
  return server.verifyAccessToken(token, demoResource, { proof, method: 'POST', url: demoResource })
}

describe('a resource that takes bound tokens alone', () => {
  const resources: AuthorizationServerOptions['resources'] = [
    { path: '/mcp/demo', name: 'Demo', dpopBound: true },
    { path: '/mcp/notes', name: 'Notes' },
  ]

  it('D07 gets no other issued, and the code stays usable', async () => {
    const server = testServer({ dpop: true, resources })
    const key = await keyHolder()
    const form = await pendingForm(server)
    expect((await requestToken(server, form)).body.error).toBe('invalid_dpop_proof')
    const { body } = await requestToken(server, form, { dpop: await key.prove() })
    expect(body.token_type).toBe('DPoP')
    const elsewhere = await requestToken(server, await pendingForm(server, notesResource))
    expect(elsewhere.body.token_type).toBe('Bearer')
  })

  it('D07 gets no other by a refresh token from before', async () => {
    const storage = memoryStorage({ now: () => start })
    const before = testServer({ dpop: true, storage })
    const form = await pendingForm(before)
    const { body } = await requestToken(before, form)
    const server = testServer({ dpop: true, resources, storage })
    const refresh = refreshForm(String(form['client_id']), body.refresh_token)
    expect((await requestToken(server, refresh)).body.error).toBe('invalid_dpop_proof')
    const key = await keyHolder()
    const refreshed = await requestToken(server, refresh, { dpop: await key.prove() })
    expect(refreshed.body.token_type).toBe('DPoP')
  })

  it('D07 refuses a bearer token from before', async () => {
    const storage = memoryStorage({ now: () => start })
    const before = testServer({ dpop: true, storage })
    const { body } = await requestToken(before, await pendingForm(before))
    expect(await before.verifyAccessToken(body.access_token, demoResource)).toBeDefined()
    const server = testServer({ dpop: true, resources, storage })
    expect(await server.verifyAccessToken(body.access_token, demoResource)).toBeUndefined()
  })

  it('AS-81 calls a bearer token from before inactive', async () => {
    const storage = memoryStorage({ now: () => start })
    const introspecting = { clientId: 'rs', clientSecret: 'a-long-enough-secret-of-forty-characters' }
    const clients: AuthorizationServerOptions['clients'] = [
      {
        ...introspecting,
        name: 'RS',
        authMethod: 'client_secret_post',
        grantTypes: [],
        introspects: ['/mcp/demo'],
      },
    ]
    const before = testServer({ dpop: true, clients, storage })
    const { body } = await requestToken(before, await pendingForm(before))
    const introspect = async (server: TestServer): Promise<unknown> => {
      const { clientId, clientSecret } = introspecting
      const asked = formBody({ client_id: clientId, client_secret: clientSecret, token: body.access_token })
      return (await server.request('/oauth/introspect', { method: 'POST', body: asked })).json()
    }
    expect(await introspect(before)).toMatchObject({ active: true, token_type: 'Bearer' })
    expect(await introspect(testServer({ dpop: true, clients, resources, storage }))).toEqual({
      active: false,
    })
  })

  it('RFC 9728 section 2 says so, and which algorithms proofs may use, where DPoP is on', async () => {
    const metadataOf = async (options: Partial<AuthorizationServerOptions>) => {
      const path = '/.well-known/oauth-protected-resource/mcp/demo'
      return (await testServer(options).request(path)).json()
    }
    expect(await metadataOf({ dpop: true, resources })).toMatchObject({
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']) as string[],
      dpop_bound_access_tokens_required: true,
    })
    const accepted = await metadataOf({ dpop: true })
    expect(accepted).toHaveProperty('dpop_signing_alg_values_supported')
    expect(accepted).not.toHaveProperty('dpop_bound_access_tokens_required')
    expect(await metadataOf({})).not.toHaveProperty('dpop_signing_alg_values_supported')
  })

  it.each<[string, Partial<AuthorizationServerOptions>]>([
    ['resources[0].dpopBound', { resources }],
    ['dpopNonceTtlSeconds', { dpopNonceTtlSeconds: 60 }],
  ])('does not start with %s while DPoP is off', (option, options) => {
    expect(() => testServer(options)).toThrow(`${option} needs DPoP`)
    expect(() => testServer({ dpop: true, ...options })).not.toThrow()
  })
})

describe('a nonce of the server', () => {
  const options = { dpop: true, dpopNonceTtlSeconds: 60 } as const

  it('RFC 9449 section 8 is asked for at the token endpoint, comes with the refusal, and is good then', async () => {
    const server = testServer(options)
    const key = await keyHolder()
    const form = await pendingForm(server)
    const send = async (nonce?: string) =>
      server.request('/oauth/token', {
        method: 'POST',
        body: formBody(form),
        headers: { dpop: await key.prove({ nonce }) },
      })
    const refused = await send()
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: 'use_dpop_nonce' })
    expect(refused.headers.get('access-control-expose-headers')).toContain('DPoP-Nonce')
    const nonce = refused.headers.get('dpop-nonce') ?? ''
    expect(await (await send(`A${nonce.slice(1)}x`)).json()).toMatchObject({ error: 'use_dpop_nonce' })
    expect(await (await send(nonce)).json()).toMatchObject({ token_type: 'DPoP' })
  })

  it('RFC 9449 section 9 is asked for at a resource, and is good on every node until the next one is past', async () => {
    const clock = { seconds: start }
    const now = () => clock.seconds
    const nodes = { ...options, storage: memoryStorage({ now }), now }
    const server = testServer(nodes)
    const other = testServer(nodes)
    const key = await keyHolder()
    const form = await pendingForm(server)
    const first = await requestToken(server, form, { dpop: await key.prove() })
    const nonce = first.headers.get('dpop-nonce') ?? ''
    const { body } = await requestToken(server, form, { dpop: await key.prove({ nonce }) })
    const token = body.access_token
    await expect(present(other, key, token)).rejects.toMatchObject({
      code: 'use_dpop_nonce',
      headers: { 'dpop-nonce': nonce },
    })
    expect(await present(other, key, token, { nonce })).toMatchObject({ dpopKey: key.thumbprint })
    clock.seconds += 60
    expect(await present(server, key, token, { nonce, iat: now() })).toBeDefined()
    clock.seconds += 60
    await expect(present(server, key, token, { nonce, iat: now() })).rejects.toMatchObject({
      code: 'use_dpop_nonce',
    })
  })
})

describe('a proof at a resource', () => {
  async function boundToken() {
    const server = testServer({ dpop: true })
    const key = await keyHolder()
    const { body } = await requestToken(server, await pendingForm(server), { dpop: await key.prove() })
    return { server, key, token: body.access_token }
  }

  it.each([
    [-300, -301],
    [300, 301],
  ])('DPOP-01 is good %i seconds from now, and no longer %i', async (near, far) => {
    const { server, key, token } = await boundToken()
    expect(await present(server, key, token, { iat: start + near })).toBeDefined()
    await expect(present(server, key, token, { iat: start + far })).rejects.toMatchObject({
      code: 'invalid_dpop_proof',
    })
  })

  it('D07 is used up by nobody but the holder of the key, for a token that is good', async () => {
    const { server, key, token } = await boundToken()
    const thief = await keyHolder()
    const jti = 'the-same'
    await expect(present(server, thief, token, { jti })).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
    expect(await present(server, key, `${token}x`, { jti })).toBeUndefined()
    await expect(present(server, key, token, { jti, ath: 'other' })).rejects.toMatchObject({
      code: 'invalid_dpop_proof',
    })
    expect(await present(server, key, token, { jti })).toBeDefined()
    await expect(present(server, key, token, { jti })).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
  })

  it('D07 does not bring a revoked grant back, and is not looked at for one', async () => {
    const { server, key, token } = await boundToken()
    const verified = await present(server, key, token)
    await server.revokeGrant(verified?.grantId ?? '')
    expect(await present(server, key, token, { htm: 'GET' })).toBeUndefined()
  })
})
