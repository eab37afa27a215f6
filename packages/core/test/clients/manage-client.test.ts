import { describe, expect, it } from 'vitest'

import type { RegistrationRequest } from '../../src/clients/registration-policy.ts'
import type { AuthorizationServerOptions } from '../../src/options.ts'
import { testServer, type TestServer } from '../test-server.ts'
import {
  approvedCode,
  codeForm,
  demoResource,
  redirectUri,
  registerClient,
  requestToken,
} from '../token-client.ts'

type Body = Readonly<Record<string, unknown>>
type Registration = NonNullable<AuthorizationServerOptions['registration']>

const managed = (registration: Registration = {}) =>
  testServer({ registration: { management: true, ...registration } })

async function register(server: TestServer, metadata: Body = {}, token?: string) {
  const response = await server.request('/oauth/register', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({
      client_name: 'Test',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  })
  return { response, body: (await response.json()) as Body }
}

async function manage(server: TestServer, registered: Body, method: string, body?: Body, token?: string) {
  const { pathname } = new URL(String(registered['registration_client_uri']))
  const response = await server.request(pathname, {
    method,
    headers: {
      authorization: `Bearer ${token ?? String(registered['registration_access_token'])}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { response, body: (text === '' ? {} : JSON.parse(text)) as Body }
}

describe('client management (RFC 7592)', () => {
  it('DCR-14 hands out an address and a token of 256 bits, of which only the hash is stored', async () => {
    const server = managed()
    const { body } = await register(server)
    const clientId = String(body['client_id'])
    expect(body).toMatchObject({
      registration_client_uri: `https://mcp.example.com/oauth/register/${clientId}`,
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/) as string,
    })
    const stored = await server.context.storage.get(['client', clientId])
    expect(JSON.stringify(stored)).not.toContain(String(body['registration_access_token']))
  })

  it('reads what is registered, without the secret', async () => {
    const server = managed()
    const { body } = await register(server, { token_endpoint_auth_method: 'client_secret_post' })
    const read = await manage(server, body, 'GET')
    expect(read.response.status).toBe(200)
    expect(read.response.headers.get('cache-control')).toBe('no-store')
    const { client_secret: _, client_secret_expires_at: __, ...rest } = body
    expect(read.body).toEqual(rest)
  })

  it('replaces all metadata, keeps id and secret, and asks users about what is new', async () => {
    const server = managed()
    const { body } = await register(server, {
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'mcp:tools',
    })
    const changed = await manage(server, body, 'PUT', {
      client_id: body['client_id'],
      client_secret: body['client_secret'],
      client_name: 'Renamed',
      redirect_uris: ['https://client.example/new'],
      token_endpoint_auth_method: 'client_secret_basic',
    })
    expect(changed.response.status).toBe(200)
    expect(changed.body).toMatchObject({
      client_name: 'Renamed',
      redirect_uris: ['https://client.example/new'],
    })
    expect(changed.body).not.toHaveProperty('scope')
    expect(changed.body).not.toHaveProperty('client_secret')
    const id = String(body['client_id'])
    const code = await approvedCode(server, id)
    const basic = btoa(`${id}:${String(body['client_secret'])}`)
    const { client_id: _, ...form } = codeForm(id, code)
    const { status } = await requestToken(server, form, { authorization: `Basic ${basic}` })
    expect(status).toBe(200)
  })

  it('makes a secret when the client begins to need one, and forgets it when it does not any more', async () => {
    const server = managed()
    const { body } = await register(server)
    const put = (method: string) =>
      manage(server, body, 'PUT', {
        client_id: body['client_id'],
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: method,
      })
    const withSecret = await put('client_secret_post')
    expect(withSecret.body['client_secret']).toMatch(/^[\w-]{43}$/)
    expect((await put('none')).body).not.toHaveProperty('client_secret')
    const stored = await server.context.storage.get(['client', String(body['client_id'])])
    expect(stored?.value).not.toHaveProperty('secretHash')
    expect((await put('client_secret_post')).body['client_secret']).not.toBe(withSecret.body['client_secret'])
  })

  it.each<[string, Body, string]>([
    ['no id', { client_id: undefined }, 'invalid_client_metadata'],
    ['another id', { client_id: 'x' }, 'invalid_client_metadata'],
    ['a secret of its own choice', { client_secret: 'chosen' }, 'invalid_client_metadata'],
    ['its token', { registration_access_token: 'x' }, 'invalid_client_metadata'],
    ['its time', { client_id_issued_at: 1 }, 'invalid_client_metadata'],
    ['a dangerous redirect URI', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
  ])('refuses an update with %s, and changes nothing', async (_, change, error) => {
    const server = managed()
    const { body } = await register(server, { token_endpoint_auth_method: 'client_secret_post' })
    const update = {
      client_id: body['client_id'],
      redirect_uris: ['https://client.example/new'],
      token_endpoint_auth_method: 'client_secret_post',
    }
    const refused = await manage(server, body, 'PUT', { ...update, ...change })
    expect(refused).toMatchObject({ response: { status: 400 }, body: { error } })
    expect((await manage(server, body, 'GET')).body['redirect_uris']).toEqual([redirectUri])
    expect((await manage(server, body, 'PUT', update)).response.status).toBe(200)
  })

  it('ends a client with everything it was allowed', async () => {
    const server = managed()
    const { body } = await register(server)
    const id = String(body['client_id'])
    const { body: tokens } = await requestToken(server, codeForm(id, await approvedCode(server, id)))
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
    const deleted = await manage(server, body, 'DELETE')
    expect(deleted.response.status).toBe(204)
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeUndefined()
    expect((await manage(server, body, 'GET')).response.status).toBe(401)
    const again = await requestToken(server, { ...codeForm(id, 'x') })
    expect(again).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(server.events).toContainEqual(expect.objectContaining({ name: 'client.deleted', clientId: id }))
  })

  it.each(['GET', 'PUT', 'DELETE'])(
    'refuses %s with the token of another client, or none',
    async (method) => {
      const server = managed()
      const [{ body }, { body: other }] = [await register(server), await register(server)]
      const input =
        method === 'PUT' ? { client_id: body['client_id'], redirect_uris: [redirectUri] } : undefined
      for (const token of [String(other['registration_access_token']), 'x', '']) {
        const refused = await manage(server, body, method, input, token)
        expect(refused.response.status).toBe(401)
        expect(refused.response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
      }
      const unknown = { ...body, registration_client_uri: 'https://mcp.example.com/oauth/register/nobody' }
      expect((await manage(server, unknown, method, input)).response.status).toBe(401)
      expect((await manage(server, body, method, input)).response.status).toBeLessThan(300)
    },
  )

  it('manages no client that was registered while it was off, and none of the configuration', async () => {
    const off = testServer()
    const { client_id } = await registerClient(off)
    const server = testServer({
      storage: off.context.storage,
      registration: { management: true },
      clients: [{ clientId: 'mine', name: 'Mine', redirectUris: [redirectUri] }],
    })
    for (const id of [client_id, 'mine']) {
      const uri = `https://mcp.example.com/oauth/register/${id}`
      expect(
        (await manage(server, { registration_client_uri: uri }, 'DELETE', undefined, 'x')).response.status,
      ).toBe(401)
    }
  })

  it('DCR-14 is not there until it is switched on', async () => {
    const server = testServer()
    const { body } = await register(server)
    expect(body).not.toHaveProperty('registration_access_token')
    expect(body).not.toHaveProperty('registration_client_uri')
    expect((await server.request(`/oauth/register/${String(body['client_id'])}`)).status).toBe(404)
  })
})

describe('initial access tokens (RFC 7591 §3)', () => {
  const tokens = [
    'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk',
    'another-token-that-is-long-enough-to-be-one',
  ]

  it('are needed, any one of them, where there are some', async () => {
    const server = testServer({ registration: { initialAccessTokens: tokens } })
    const refused = await register(server)
    expect(refused).toMatchObject({ response: { status: 401 }, body: { error: 'invalid_token' } })
    expect(refused.response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect((await register(server, {}, `${tokens[0] ?? ''}x`)).response.status).toBe(401)
    for (const token of tokens) expect((await register(server, {}, token)).response.status).toBe(201)
  })

  it('are refused at start when they could be guessed', () => {
    expect(() => testServer({ registration: { initialAccessTokens: ['short'] } })).toThrow(
      'initialAccessTokens',
    )
  })
})

describe('the registration policy', () => {
  it('sees what a client would be, and refuses it by a reason', async () => {
    const seen: RegistrationRequest[] = []
    const server = managed({
      policy: async (client) => {
        seen.push(client)
        return client.name === 'Evil' ? 'Ask "security" first – please.' : undefined
      },
    })
    const { body } = await register(server)
    expect(seen).toEqual([
      {
        name: 'Test',
        redirectUris: [redirectUri],
        grantTypes: ['authorization_code', 'refresh_token'],
        authMethod: 'none',
        scope: undefined,
        clientUri: undefined,
      },
    ])
    expect(await register(server, { client_name: 'Evil' })).toMatchObject({
      response: { status: 400 },
      body: { error: 'invalid_client_metadata', error_description: 'Ask ?security? first ? please.' },
    })
    const update = { client_id: body['client_id'], client_name: 'Evil', redirect_uris: [redirectUri] }
    expect(
      (await manage(server, body, 'PUT', { ...update, token_endpoint_auth_method: 'none' })).response.status,
    ).toBe(400)
    expect((await manage(server, body, 'GET')).body['client_name']).toBe('Test')
  })

  it('lets nobody in when it fails', async () => {
    const server = testServer({ registration: { policy: () => Promise.reject(new Error('away')) } })
    expect(await register(server)).toMatchObject({
      response: { status: 500 },
      body: { error: 'server_error' },
    })
  })
})
