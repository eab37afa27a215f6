import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'

import type { AuthorizationServerOptions, ClientOptions } from '../src/options.ts'
import { testServer, type TestServer } from './test-server.ts'
import { demoResource, type Form, notesResource, requestToken, signedInClient } from './token-client.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const clientSecret = 'a-long-enough-secret-of-forty-characters'

/** The server behind /mcp/demo, which calls /mcp/notes for its users. */
const middle: ClientOptions = {
  clientId: 'middle',
  name: 'Demo server',
  clientSecret,
  authMethod: 'client_secret_post',
  grantTypes: [grantType],
  exchanges: { from: ['/mcp/demo'], to: ['/mcp/notes'] },
}

function exchangeServer(
  options: Partial<AuthorizationServerOptions> = {},
  client: Partial<ClientOptions> = {},
) {
  return testServer({ clients: [{ ...middle, ...client }], ...options })
}

const formFor = (token: string, more: Form = {}): Form => ({
  grant_type: grantType,
  client_id: 'middle',
  client_secret: clientSecret,
  subject_token: token,
  subject_token_type: accessTokenType,
  ...more,
})

async function exchange(server: TestServer, token: string, more: Form = {}) {
  return requestToken(server, formFor(token, more))
}

describe('token exchange', () => {
  it.each(['jwt', 'opaque'] as const)(
    'gives the server a token was made for one of another resource, for the same user (RFC 8693, %s)',
    async (format) => {
      const server = exchangeServer({ accessToken: { format } })
      const { tokens } = await signedInClient(server)
      const { status, body } = await exchange(server, tokens.access_token, { resource: notesResource })
      expect(status).toBe(200)
      expect(body).toEqual({
        access_token: expect.any(String) as string,
        issued_token_type: accessTokenType,
        token_type: 'Bearer',
        expires_in: 900,
        scope: 'mcp:tools',
      })
      const verified = await server.verifyAccessToken(body.access_token, notesResource)
      expect(verified).toMatchObject({ subject: 'user-1', actor: 'user', clientId: 'middle' })
      expect(await server.verifyAccessToken(body.access_token, demoResource)).toBeUndefined()
    },
  )

  it('names the server that acts for the user (RFC 8693 §4.1)', async () => {
    const server = exchangeServer()
    const { tokens } = await signedInClient(server)
    const { body } = await exchange(server, tokens.access_token)
    expect(decodeJwt(body.access_token)).toMatchObject({
      sub: 'user-1',
      client_id: 'middle',
      act: { sub: 'client:middle' },
    })
  })

  it('lasts no longer than the token it rests on', async () => {
    const server = exchangeServer()
    const { tokens } = await signedInClient(server)
    server.clock.seconds += 800
    const { body } = await exchange(server, tokens.access_token)
    expect(body.expires_in).toBe(100)
    server.clock.seconds += 100
    expect((await exchange(server, tokens.access_token)).body.error).toBe('invalid_request')
  })

  it('ends with the grant it rests on', async () => {
    const server = exchangeServer()
    const { tokens } = await signedInClient(server)
    const { body } = await exchange(server, tokens.access_token)
    const grant = decodeJwt(tokens.access_token)['grant_id'] as string
    await server.revokeGrant(grant)
    server.clock.seconds += 5
    expect(await server.verifyAccessToken(body.access_token, notesResource)).toBeUndefined()
    expect((await exchange(server, tokens.access_token)).body.error).toBe('invalid_request')
  })

  it('AS-82 ends at once on the node that ends the grant it rests on, however it is remembered there', async () => {
    const server = exchangeServer()
    const { tokens } = await signedInClient(server)
    const other = await signedInClient(server)
    const { body } = await exchange(server, tokens.access_token)
    const { body: kept } = await exchange(server, other.tokens.access_token)
    const both = () =>
      Promise.all(
        [body, kept].map(async ({ access_token: token }) => {
          const verified = await server.verifyAccessToken(token, notesResource)
          return verified !== undefined
        }),
      )
    expect(await both()).toEqual([true, true])
    await server.revokeGrant(decodeJwt(tokens.access_token)['grant_id'] as string)
    expect(await both()).toEqual([false, true])
  })

  it('ends with everything its first client was allowed', async () => {
    const server = exchangeServer()
    const { clientId, tokens } = await signedInClient(server)
    const { body } = await exchange(server, tokens.access_token)
    await server.revokeAccess({ clientId })
    expect(await server.verifyAccessToken(body.access_token, notesResource)).toBeUndefined()
  })

  it('takes one step only', async () => {
    const server = exchangeServer(
      {},
      { exchanges: { from: ['/mcp/demo', '/mcp/notes'], to: ['/mcp/notes'] } },
    )
    const { tokens } = await signedInClient(server)
    const { body } = await exchange(server, tokens.access_token)
    expect((await exchange(server, body.access_token)).body.error).toBe('invalid_request')
  })

  it.each<[string, Form, string]>([
    ['no subject token', { subject_token: undefined }, 'invalid_request'],
    ['nonsense', { subject_token: 'x.y.z' }, 'invalid_request'],
    ['no type', { subject_token_type: undefined }, 'invalid_request'],
    ['an ID token', { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
    [
      'a wish for another type',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    ['an actor', { actor_token: 'x', actor_token_type: accessTokenType }, 'invalid_request'],
    ['an audience', { audience: 'notes' }, 'invalid_target'],
    ['another resource', { resource: demoResource }, 'invalid_target'],
    ['a foreign resource', { resource: 'https://other.example/mcp' }, 'invalid_target'],
    ['more scope', { scope: 'mcp:tools notes:write' }, 'invalid_scope'],
    ['foreign scope', { scope: 'other' }, 'invalid_scope'],
  ])('refuses %s', async (_, change, error) => {
    const server = exchangeServer()
    const { tokens } = await signedInClient(server)
    expect((await exchange(server, tokens.access_token)).status).toBe(200)
    expect(await exchange(server, tokens.access_token, change)).toMatchObject({
      status: 400,
      body: { error },
    })
  })

  it('refuses a refresh token, a token of a machine, one of another resource, and a bound one', async () => {
    const server = exchangeServer({
      dpop: true,
      clients: [
        middle,
        {
          ...middle,
          clientId: 'job',
          grantTypes: ['client_credentials'],
          exchanges: undefined,
          resources: ['/mcp/demo'],
        },
      ],
    })
    const { tokens } = await signedInClient(server)
    const machine = await requestToken(server, {
      grant_type: 'client_credentials',
      client_id: 'job',
      client_secret: clientSecret,
    })
    const notes = await signedInClient(server, { request: { resource: notesResource } })
    const bound = await server.context.accessTokens.issue(
      (await server.listGrants('user-1')).find(({ resource }) => resource === demoResource)!,
      'mcp:tools',
      'thumbprint',
    )
    for (const token of [
      tokens.refresh_token,
      machine.body.access_token,
      notes.tokens.access_token,
      bound.token,
    ]) {
      expect((await exchange(server, token)).body.error).toBe('invalid_request')
    }
    expect((await exchange(server, tokens.access_token)).status).toBe(200)
  })

  it('gives at most the scope that is configured, and on the same resource at most that of the token', async () => {
    const wide = exchangeServer({}, { scope: 'mcp:tools notes:write' })
    const { tokens } = await signedInClient(wide)
    const scopeOf = async (more: Form = {}) => (await exchange(wide, tokens.access_token, more)).body.scope
    expect(await scopeOf()).toBe('mcp:tools notes:write')
    expect(await scopeOf({ scope: 'notes:write' })).toBe('notes:write')

    const same = exchangeServer(
      {},
      { scope: 'mcp:tools notes:write', exchanges: { from: ['/mcp/notes'], to: ['/mcp/notes'] } },
    )
    const narrow = await signedInClient(same, { request: { resource: notesResource }, scopes: ['mcp:tools'] })
    expect((await exchange(same, narrow.tokens.access_token)).body.scope).toBe('mcp:tools')
    const more = await exchange(same, narrow.tokens.access_token, { scope: 'notes:write' })
    expect(more.body.error).toBe('invalid_scope')
  })

  it('leads nobody to a resource that their provider may not sign in to', async () => {
    const resources = [
      { path: '/mcp/demo', name: 'Demo' },
      { path: '/mcp/notes', name: 'Notes', providers: ['staff'] },
    ]
    const [idle] = testServer().context.settings.providers
    const providers = [idle!, { ...idle!, id: 'staff', name: 'Staff' }]
    const server = exchangeServer({ resources, providers })
    const { tokens } = await signedInClient(server)
    expect((await exchange(server, tokens.access_token)).body.error).toBe('invalid_target')
  })

  it('is for clients that authenticate and are configured for it', async () => {
    const server = exchangeServer({
      clients: [middle, { ...middle, clientId: 'other', grantTypes: [], exchanges: undefined }],
    })
    const { clientId, tokens } = await signedInClient(server)
    const token = tokens.access_token
    expect((await exchange(server, token, { client_secret: 'x' })).body.error).toBe('invalid_client')
    expect((await exchange(server, token, { client_id: 'other' })).body.error).toBe('unauthorized_client')
    const open = await exchange(server, token, { client_id: clientId, client_secret: undefined })
    expect(open.body.error).toBe('unauthorized_client')
  })

  it('is announced, and taken, only where a client may use it', async () => {
    const metadata = async (server: TestServer) =>
      (await (await server.request('/.well-known/oauth-authorization-server')).json()) as {
        grant_types_supported: string[]
      }
    expect((await metadata(exchangeServer())).grant_types_supported).toContain(grantType)
    const off = testServer()
    expect((await metadata(off)).grant_types_supported).not.toContain(grantType)
    expect((await requestToken(off, formFor('x'))).body.error).toBe('unsupported_grant_type')
  })

  it.each<[Partial<ClientOptions>, string]>([
    [{ exchanges: undefined }, 'exchanges is required'],
    [{ grantTypes: [] }, 'exchanges has no effect'],
    [{ authMethod: 'none', clientSecret: undefined }, 'includes token exchange, which needs a credential'],
    [{ exchanges: { from: ['/x'], to: ['/mcp/notes'] } }, 'exchanges.from has "/x"'],
    [{ exchanges: { from: ['/mcp/demo'], to: ['/x'] } }, 'exchanges.to has "/x"'],
  ])('is refused at start where the configuration is wrong: %j', (change, message) => {
    expect(() => exchangeServer({}, change)).toThrow(message)
  })
})
