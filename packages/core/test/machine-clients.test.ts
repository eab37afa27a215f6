import { describe, expect, it } from 'vitest'

import type { ClientOptions } from '../src/options.ts'
import { testServer } from './test-server.ts'
import { demoResource, formBody, notesResource, requestToken, signedInClient } from './token-client.ts'
import type { Form } from './token-client.ts'

const clientSecret = 'a-long-enough-secret-of-forty-characters'

const machine: ClientOptions = {
  clientId: 'nightly-job',
  name: 'Nightly job',
  clientSecret,
  authMethod: 'client_secret_post',
  grantTypes: ['client_credentials'],
  resources: ['/mcp/notes'],
  scope: 'mcp:tools notes:write',
}

const form = { grant_type: 'client_credentials', client_id: machine.clientId, client_secret: clientSecret }

type TestServer = ReturnType<typeof testServer>

async function metadataOf(server: TestServer): Promise<Record<string, unknown>> {
  return (await (await server.request('/.well-known/oauth-authorization-server')).json()) as Record<
    string,
    unknown
  >
}

describe('client_credentials', () => {
  it('CC-01 issues a token to a configured client, for itself, without a refresh token', async () => {
    const server = testServer({ clients: [machine] })
    const { status, body } = await requestToken(server, form)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'mcp:tools notes:write', expires_in: 900 })
    expect(body).not.toHaveProperty('refresh_token')
    expect(await server.verifyAccessToken(body.access_token, notesResource)).toMatchObject({
      actor: 'client',
      subject: 'client:nightly-job',
      clientId: 'nightly-job',
      scopes: ['mcp:tools', 'notes:write'],
    })
    expect(await server.verifyAccessToken(body.access_token, demoResource)).toBeUndefined()
  })

  it('a token of a user says that it is one', async () => {
    const server = testServer()
    const { tokens } = await signedInClient(server)
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toMatchObject({ actor: 'user' })
  })

  it.each<[string, Form, string]>([
    ['SCOPE narrower', { scope: 'mcp:tools' }, 'mcp:tools'],
    ['its resource named', { resource: notesResource }, 'mcp:tools notes:write'],
    ['SCOPE-04 scopes nobody knows beside good ones', { scope: 'openid notes:write' }, 'notes:write'],
  ])('takes a request with %s', async (_, change, scope) => {
    const { body } = await requestToken(testServer({ clients: [machine] }), { ...form, ...change })
    expect(body.scope).toBe(scope)
  })

  it.each<[string, Form, number, string]>([
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client'],
    ['another resource', { resource: demoResource }, 400, 'invalid_target'],
    ['a resource of nobody', { resource: 'https://other.example' }, 400, 'invalid_target'],
    ['a scope it does not have', { scope: 'notes:admin' }, 400, 'invalid_scope'],
    ['a grant it may not use', { grant_type: 'authorization_code', code: 'x' }, 400, 'unauthorized_client'],
  ])('refuses %s', async (_, change, status, error) => {
    const server = testServer({ clients: [machine] })
    expect((await requestToken(server, form)).status).toBe(200)
    const refused = await requestToken(server, { ...form, ...change })
    expect([refused.status, refused.body.error]).toEqual([status, error])
  })

  it('grants the scopes of the resource by default where the client has none configured', async () => {
    const { scope: _, ...plain } = machine
    const server = testServer({ clients: [plain] })
    expect((await requestToken(server, form)).body.scope).toBe('mcp:tools')
    expect((await requestToken(server, { ...form, scope: 'notes:write' })).body.error).toBe('invalid_scope')
  })

  it('asks for the resource where the client has several', async () => {
    const server = testServer({ clients: [{ ...machine, resources: ['/mcp/notes', '/mcp/demo'] }] })
    expect((await requestToken(server, { ...form, resource: demoResource })).body.scope).toBe('mcp:tools')
    expect((await requestToken(server, form)).body.error).toBe('invalid_target')
  })

  it('AS-82 ends when the operator revokes it', async () => {
    const server = testServer({ clients: [machine] })
    const { body } = await requestToken(server, form)
    expect(await server.revokeGrants({ subject: 'client:nightly-job' })).toBe(1)
    expect(await server.verifyAccessToken(body.access_token, notesResource)).toBeUndefined()
  })

  it('AS-70 is there, and announced, only where a client is configured for it', async () => {
    const off = testServer()
    expect((await metadataOf(off)).grant_types_supported).toEqual(['authorization_code', 'refresh_token'])
    expect((await requestToken(off, form)).body.error).toBe('unsupported_grant_type')
    const on = testServer({ clients: [machine] })
    expect((await metadataOf(on)).grant_types_supported).toContain('client_credentials')
  })
})

describe('introspection', () => {
  const introspecting: ClientOptions = {
    clientId: 'notes-server',
    name: 'Notes server',
    clientSecret,
    authMethod: 'client_secret_post',
    grantTypes: [],
    introspects: ['/mcp/notes'],
  }
  const caller = { client_id: introspecting.clientId, client_secret: clientSecret }

  async function introspect(server: TestServer, request: Form): Promise<[number, unknown]> {
    const response = await server.request('/oauth/introspect', { method: 'POST', body: formBody(request) })
    return [response.status, await response.json()]
  }

  it.each(['jwt', 'opaque'] as const)(
    'AS-81 describes a valid token of the resource (%s)',
    async (format) => {
      const server = testServer({ clients: [introspecting], accessToken: { format } })
      const { clientId, tokens } = await signedInClient(server, { request: { resource: notesResource } })
      expect(await introspect(server, { ...caller, token: tokens.access_token })).toEqual([
        200,
        {
          active: true,
          token_type: 'Bearer',
          iss: notesResource,
          sub: 'user-1',
          aud: notesResource,
          client_id: clientId,
          scope: 'mcp:tools',
          iat: server.clock.seconds,
          exp: server.clock.seconds + 900,
        },
      ])
    },
  )

  it.each(['expired', 'revoked', 'refresh', 'of another resource', 'nonsense'])(
    'AS-81 says no more than inactive of a token that is %s',
    async (which) => {
      const server = testServer({ clients: [introspecting] })
      const { tokens } = await signedInClient(server, { request: { resource: notesResource } })
      const other = await signedInClient(server)
      const tokensBy: Record<string, string> = {
        refresh: tokens.refresh_token,
        nonsense: 'x.y.z',
        'of another resource': other.tokens.access_token,
      }
      expect(await introspect(server, { ...caller, token: tokens.access_token })).toMatchObject([
        200,
        { active: true },
      ])
      if (which === 'expired') server.clock.seconds += 900
      if (which === 'revoked') await server.revokeGrants({ subject: 'user-1' })
      const token = tokensBy[which] ?? tokens.access_token
      expect(await introspect(server, { ...caller, token })).toEqual([200, { active: false }])
    },
  )

  it('AS-81 is for authenticated callers with the right to it', async () => {
    const stranger: ClientOptions = { ...introspecting, clientId: 'stranger', introspects: undefined }
    const server = testServer({ clients: [introspecting, stranger] })
    const { clientId, tokens } = await signedInClient(server, { request: { resource: notesResource } })
    const token = tokens.access_token
    expect(await introspect(server, { ...caller, client_secret: 'x', token })).toMatchObject([
      401,
      { error: 'invalid_client' },
    ])
    expect(await introspect(server, { token })).toMatchObject([401, { error: 'invalid_client' }])
    expect(await introspect(server, { client_id: clientId, token })).toMatchObject([
      403,
      { error: 'unauthorized_client' },
    ])
    expect(await introspect(server, { ...caller, client_id: 'stranger', token })).toMatchObject([
      403,
      { error: 'unauthorized_client' },
    ])
    expect(await introspect(server, caller)).toMatchObject([400, { error: 'invalid_request' }])
  })

  it('is there, and announced, only where a client may use it', async () => {
    const off = testServer()
    expect(await metadataOf(off)).not.toHaveProperty('introspection_endpoint')
    expect((await off.request('/oauth/introspect', { method: 'POST' })).status).toBe(404)
    const on = testServer({ clients: [introspecting] })
    expect(await metadataOf(on)).toMatchObject({
      introspection_endpoint: 'https://mcp.example.com/oauth/introspect',
      introspection_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
      ],
    })
  })
})
