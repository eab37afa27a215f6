import { describe, expect, it } from 'vitest'

import { testServer } from '../test-server.ts'
import {
  approvedCode,
  codeForm,
  redirectUri,
  refreshForm,
  registerClient,
  requestToken,
} from '../token-client.ts'

type TestServer = ReturnType<typeof testServer>

async function register(
  server: TestServer,
  metadata: unknown,
  headers = { 'content-type': 'application/json' },
) {
  const response = await server.request('/oauth/register', {
    method: 'POST',
    headers,
    body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
  })
  return { response, body: (await response.json()) as Record<string, unknown> }
}

/** What Cursor sends: three redirect URIs of three kinds in one request. */
const cursor = {
  client_name: 'Cursor',
  redirect_uris: [
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'https://www.cursor.com/agents/mcp/oauth/callback',
    'http://localhost:8787/callback',
  ],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  application_type: 'web',
}

describe('POST /register', () => {
  it('DCR-02 AS-72 CIMD-22 answers 201 with everything as registered and an id that is no URL, for any origin, kept by nobody', async () => {
    const server = testServer()
    const { response, body } = await register(server, {
      client_name: 'Test',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      client_uri: 'https://client.example/',
      scope: 'mcp:tools',
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(body).toEqual({
      client_id: expect.stringMatching(/^[\w-]{22}$/) as string,
      client_id_issued_at: server.clock.seconds,
      client_name: 'Test',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      client_uri: 'https://client.example/',
      scope: 'mcp:tools',
    })
  })

  it('DCR-09 DCR-10 COMPAT-26 gives a client that names no method a secret that no encoding changes', async () => {
    const { body } = await register(testServer(), { redirect_uris: [redirectUri] })
    expect(body).toMatchObject({
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: expect.stringMatching(/^[\w-]{43}$/) as string,
      client_secret_expires_at: 0,
      grant_types: ['authorization_code', 'refresh_token'],
    })
  })

  it('stores the hash of the secret, not the secret', async () => {
    const server = testServer()
    const { body } = await register(server, { redirect_uris: [redirectUri] })
    const stored = await server.context.storage.get(['client', String(body.client_id)])
    expect(JSON.stringify(stored)).not.toContain(body.client_secret)
  })

  it('DCR-06 COMPAT-10 COMPAT-31 takes all of what Cursor sends', async () => {
    const { response, body } = await register(testServer(), cursor)
    expect(response.status).toBe(201)
    expect(body.redirect_uris).toEqual(cursor.redirect_uris)
  })

  it('DCR-05 keeps private-use schemes to public clients: without a method it becomes one, with a secret it is refused', async () => {
    const server = testServer()
    const { token_endpoint_auth_method: _, ...unnamed } = cursor
    expect((await register(server, unnamed)).body.token_endpoint_auth_method).toBe('none')
    const refused = await register(server, { ...cursor, token_endpoint_auth_method: 'client_secret_post' })
    expect(refused.response.status).toBe(400)
    expect(refused.body.error).toBe('invalid_redirect_uri')
  })

  it('DCR-08 COMPAT-31 registers the supported part and echoes it', async () => {
    const { body } = await register(testServer(), {
      redirect_uris: [redirectUri, 'unheardof://callback', redirectUri],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code', 'code id_token'],
    })
    expect(body).toMatchObject({
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    })
  })

  it.each([
    [
      'DCR-04 A03 a scriptable redirect URI beside a good one',
      { redirect_uris: [redirectUri, 'javascript:x'] },
      'invalid_redirect_uri',
    ],
    ['DCR-04 plain http', { redirect_uris: ['http://example.com/cb'] }, 'invalid_redirect_uri'],
    [
      'DCR-05 an unlisted private scheme alone',
      { redirect_uris: ['unheardof://callback'] },
      'invalid_redirect_uri',
    ],
    ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['redirect URIs that are not a list', { redirect_uris: redirectUri }, 'invalid_redirect_uri'],
    [
      'A09 a thousand redirect URIs',
      { redirect_uris: Array.from({ length: 1000 }, (_, port) => `http://localhost:${port}/cb`) },
      'invalid_redirect_uri',
    ],
    ['DCR-08 nothing but unsupported grants', { grant_types: ['password'] }, 'invalid_client_metadata'],
    ['A08 CC-01 client_credentials', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [
      'DCR-08 nothing but unsupported response types',
      { response_types: ['token'] },
      'invalid_client_metadata',
    ],
    [
      'DCR-08 an unsupported method',
      { token_endpoint_auth_method: 'tls_client_auth' },
      'invalid_client_metadata',
    ],
    [
      'private_key_jwt without keys',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'invalid_client_metadata',
    ],
    [
      'keys in two places',
      { jwks: { keys: [] }, jwks_uri: 'https://client.example/jwks' },
      'invalid_client_metadata',
    ],
    [
      'A07 a jwks_uri that is not https',
      { jwks_uri: 'http://client.example/jwks' },
      'invalid_client_metadata',
    ],
    [
      'a private key',
      { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] } },
      'invalid_client_metadata',
    ],
    ['a symmetric key', { jwks: { keys: [{ kty: 'oct', k: 'abc' }] } }, 'invalid_client_metadata'],
    ['A09 a long name', { client_name: 'x'.repeat(201) }, 'invalid_client_metadata'],
    ['a name that is no text', { client_name: 7 }, 'invalid_client_metadata'],
    ['a body that is no object', [], 'invalid_client_metadata'],
    ['a body that is no JSON', '{', 'invalid_client_metadata'],
  ])('DCR-03 refuses %s', async (_, change, error) => {
    const server = testServer()
    const good = { redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }
    expect((await register(server, good)).response.status).toBe(201)
    const metadata = Array.isArray(change) || typeof change === 'string' ? change : { ...good, ...change }
    const { response, body } = await register(server, metadata)
    expect(response.status).toBe(400)
    expect(body.error).toBe(error)
    expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
  })

  it('DCR-13 A07 drops links that are not https, and what turns text around', async () => {
    const { body } = await register(testServer(), {
      redirect_uris: [redirectUri],
      client_name: ' Evil\u202Etxt.exe\u0000\n ',
      client_uri: 'javascript:alert(1)',
      logo_uri: 'data:image/svg+xml,<svg>',
      tos_uri: 'https://user:pass@client.example/',
      policy_uri: 7,
    })
    expect(body.client_name).toBe('Eviltxt.exe')
    for (const member of ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri'])
      expect(body).not.toHaveProperty(member)
  })

  it('A08 DCR-14 ignores members that are not for clients to say', async () => {
    const server = testServer()
    const { body } = await register(server, {
      redirect_uris: [redirectUri],
      client_id: 'chosen',
      client_secret: 'chosen',
      origin: 'configured',
      usedAt: 1,
      software_statement: 'x',
      require_pkce: false,
    })
    expect(body.client_id).not.toBe('chosen')
    expect(body.client_secret).not.toBe('chosen')
    expect(body).not.toHaveProperty('registration_client_uri')
    const stored = await server.context.storage.get(['client', String(body.client_id)])
    expect(stored?.value).toMatchObject({ origin: 'registered' })
    expect(stored?.value).not.toHaveProperty('usedAt')
  })

  it('A09 refuses a body beyond its limit, and another content type', async () => {
    const server = testServer()
    const large = await register(server, { redirect_uris: [redirectUri], padding: 'x'.repeat(40_000) })
    expect(large.response.status).toBe(413)
    const form = await register(server, { redirect_uris: [redirectUri] }, { 'content-type': 'text/plain' })
    expect(form.response.status).toBe(400)
  })

  it('DCR-01 can be switched off, and is then not announced', async () => {
    const server = testServer({ registration: { dynamic: false } })
    const { response } = await register(server, { redirect_uris: [redirectUri] })
    expect(response.status).toBe(404)
    const metadata = await (await server.request('/.well-known/oauth-authorization-server')).json()
    expect(metadata).not.toHaveProperty('registration_endpoint')
    const on = await (await testServer().request('/.well-known/oauth-authorization-server')).json()
    expect(on).toHaveProperty('registration_endpoint', 'https://mcp.example.com/oauth/register')
  })

  it('AS-15 answers at the origin root too', async () => {
    const response = await testServer().request('/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ redirect_uris: [redirectUri] }),
    })
    expect(response.status).toBe(201)
  })
})

describe('the life of a registered client', () => {
  it('DCR-11 ends early when it was never used', async () => {
    const server = testServer()
    const { client_id } = await registerClient(server)
    server.clock.seconds += 7 * 86_400
    const code = await approvedCode(server, client_id)
    const { status, body } = await requestToken(server, codeForm(client_id, code))
    expect([status, body.error]).toEqual([401, 'invalid_client'])
  })

  it('DCR-12 COMPAT-05 slides with its use: a client is there as long as its refresh tokens are', async () => {
    const server = testServer({ registration: { clientTtlSeconds: 30 * 86_400 } })
    const { client_id } = await registerClient(server)
    let { body } = await requestToken(server, codeForm(client_id, await approvedCode(server, client_id)))
    for (let month = 0; month < 6; month += 1) {
      server.clock.seconds += 29 * 86_400
      const refreshed = await requestToken(server, refreshForm(client_id, body.refresh_token))
      expect(refreshed.status).toBe(200)
      ;({ body } = refreshed)
    }
  })

  it('AS-53 COMPAT-05 is 401 invalid_client once it is gone', async () => {
    const server = testServer()
    const { client_id } = await registerClient(server)
    const { body } = await requestToken(server, codeForm(client_id, await approvedCode(server, client_id)))
    await server.context.storage.delete(['client', client_id])
    const refreshed = await requestToken(server, refreshForm(client_id, body.refresh_token))
    expect(refreshed.status).toBe(401)
    expect(refreshed.body.error).toBe('invalid_client')
  })
})
