import type { JWTPayload } from 'jose'
import { describe, expect, it } from 'vitest'

import type { AuthorizationServerOptions } from '../src/options.ts'
import { demoUrl, type Flow, notesUrl, providerFor, signInFlow } from './sign-in-flow.ts'
import { publicUrl } from './test-server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const clientSecret = 'a-long-enough-secret-of-forty-characters'

const agent = {
  clientId: 'agent',
  name: 'Agent',
  clientSecret,
  authMethod: 'client_secret_post',
  grantTypes: [],
} as const

const trust = { provider: 'scripted', clients: ['agent'], newUsers: 'create' } as const

function managedFlow(server: Partial<AuthorizationServerOptions> = {}): Flow {
  return signInFlow({
    server: {
      clients: [agent, { ...agent, clientId: 'other', name: 'Other' }],
      identityAssertions: [trust],
      ...server,
    },
  })
}

type Claims = Readonly<Record<string, unknown>>

function claimsOf(flow: Flow, changes: Claims = {}): JWTPayload {
  const now = flow.clock.seconds()
  return {
    iss: flow.idp.issuer,
    sub: 'ada',
    aud: publicUrl,
    client_id: 'agent',
    resource: demoUrl,
    scope: 'mcp:tools',
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 300,
    ...changes,
  }
}

function assertion(flow: Flow, changes: Claims = {}, typ = 'oauth-id-jag+jwt'): Promise<string> {
  return flow.idp.sign(claimsOf(flow, changes), { typ })
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function present(
  flow: Flow,
  jag: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = {
    grant_type: grantType,
    client_id: 'agent',
    client_secret: clientSecret,
    assertion: jag,
    ...more,
  }
  const request = new Request(`${publicUrl}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
  const response = await flow.fetch(request)
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

async function metadata(flow: Flow): Promise<Record<string, unknown>> {
  const response = await flow.fetch(new Request(`${publicUrl}/.well-known/oauth-authorization-server`))
  return (await response.json()) as Record<string, unknown>
}

describe('an ID-JAG', () => {
  it('EMA-01 EMA-04 becomes an access token for its resource, without consent and without a refresh token', async () => {
    const flow = managedFlow()
    const { status, body } = await present(flow, await assertion(flow))
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'mcp:tools',
    })
    const token = await flow.server.verifyAccessToken(String(body['access_token']), demoUrl)
    expect(token).toMatchObject({ clientId: 'agent', actor: 'user', scopes: ['mcp:tools'] })
    expect(await flow.server.verifyAccessToken(String(body['access_token']), notesUrl)).toBeUndefined()
    expect(flow.events.at(-1)).toMatchObject({ name: 'token.issued', detail: { grantType } })
  })

  it('EMA-05 is for the same user as a sign-in, whose account it leaves as it is', async () => {
    const flow = managedFlow({ identityAssertions: [{ ...trust, newUsers: 'refuse' }] })
    expect(await present(flow, await assertion(flow))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    expect(flow.events.at(-2)).toMatchObject({ name: 'assertion.refused', reason: 'account_unknown' })
    await flow.connect()
    const { subject } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
    const { body } = await present(flow, await assertion(flow, { name: 'Somebody' }))
    const token = await flow.server.verifyAccessToken(String(body['access_token']), demoUrl)
    expect(token?.subject).toBe(subject)
    expect(token?.account?.name).toBe('Ada Lovelace')
  })

  it('EMA-05 lets in nobody whom the rules of sign-in keep out', async () => {
    const flow = signInFlow({
      provider: { signIn: { allowedDomains: ['example.com'] } },
      server: { clients: [agent], identityAssertions: [trust] },
    })
    const withEmail = { email: 'ada@example.com', email_verified: true }
    expect(
      (await present(flow, await assertion(flow, { sub: 'eve', email: 'eve@evil.example' }))).status,
    ).toBe(400)
    expect((await present(flow, await assertion(flow, { ...withEmail, email_verified: false }))).status).toBe(
      400,
    )
    expect((await present(flow, await assertion(flow, withEmail))).status).toBe(200)
  })

  it('EMA-05 IDP-08 lets in no new user whom the provider does not show to be of the tenant that may sign in', async () => {
    const flow = signInFlow({
      provider: { oidc: { requiredClaims: { org_id: 'org_1' } } },
      server: { clients: [agent], identityAssertions: [trust] },
    })
    expect((await present(flow, await assertion(flow))).status).toBe(400)
    expect((await present(flow, await assertion(flow, { org_id: 'org_2' }))).status).toBe(400)
    expect(flow.events.at(-2)).toMatchObject({ name: 'assertion.refused', reason: 'id_token_claim_mismatch' })
    expect((await present(flow, await assertion(flow, { org_id: 'org_1' }))).status).toBe(200)
  })

  it.each<[string, Claims]>([
    ['another server', { aud: 'https://other.example' }],
    ['another client', { client_id: 'other' }],
    ['a resource that is not here', { resource: 'https://other.example/mcp' }],
  ])('I01 EMA-05 makes no account when it is meant for %s', async (_, changes) => {
    const flow = managedFlow()
    expect((await present(flow, await assertion(flow, changes))).status).toBe(400)
    expect((await flow.server.listAccounts({ limit: 10 })).accounts).toEqual([])
    expect((await present(flow, await assertion(flow))).status).toBe(200)
    expect((await flow.server.listAccounts({ limit: 10 })).accounts).toHaveLength(1)
  })

  it('EMA-05 E09 takes a list of groups of a wrong shape for none, as a sign-in does', async () => {
    const flow = signInFlow({
      provider: {
        signIn: { allowedGroups: ['admin'] },
        identify: (claims) => ({ subject: String(claims['sub']), groups: claims['groups'] as string[] }),
      },
      server: { clients: [agent], identityAssertions: [trust] },
    })
    expect((await present(flow, await assertion(flow, { groups: 'not-an-administrator' }))).status).toBe(400)
    expect((await present(flow, await assertion(flow, { groups: ['admin'] }))).status).toBe(200)
  })

  it.each<[string, Claims]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['no issuer', { iss: undefined }],
    ['the audience of another server', { aud: 'https://other.example' }],
    ['several audiences', { aud: [publicUrl, 'https://other.example'] }],
    ['the token endpoint as audience', { aud: `${publicUrl}/oauth/token` }],
    ['another client', { client_id: 'other' }],
    ['no client', { client_id: undefined }],
    ['no subject', { sub: undefined }],
    ['no jti', { jti: undefined }],
    ['no exp', { exp: undefined }],
    ['an expiry that has passed', { exp: 1_799_999_900 }],
    ['an iat to come', { iat: 1_800_000_100 }],
    ['a life of more than an hour', { exp: 1_800_003_700 }],
    ['a resource of another server', { resource: 'https://other.example/mcp' }],
    ['a resource of another issuer', { aud: notesUrl }],
  ])('EMA-03 is refused with %s', async (_, changes) => {
    const flow = managedFlow()
    expect(await present(flow, await assertion(flow, changes))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })

  it.each(['JWT', 'at+jwt', 'logout+jwt'])('EMA-03 is refused with typ %s', async (typ) => {
    const flow = managedFlow()
    expect((await present(flow, await assertion(flow, {}, typ))).status).toBe(400)
    expect((await present(flow, await assertion(flow, {}, 'application/oauth-id-jag+jwt'))).status).toBe(200)
  })

  it('EMA-03 is refused when a stranger, or nobody, has signed it', async () => {
    const flow = managedFlow()
    const stranger = signInFlow({ idp: { issuer: flow.idp.issuer } })
    const forged = await assertion(stranger)
    expect((await present(flow, forged)).body).toMatchObject({ error: 'invalid_grant' })
    const header = btoa('{"alg":"none","typ":"oauth-id-jag+jwt"}').replaceAll('=', '')
    expect((await present(flow, `${header}.${forged.split('.')[1] ?? ''}.`)).status).toBe(400)
    expect((await present(flow, 'x')).status).toBe(400)
  })

  it('EMA-03 works once, over all nodes and in parallel; a mistake beside it costs nothing', async () => {
    const flow = managedFlow()
    const jag = await assertion(flow)
    expect((await present(flow, jag, { scope: 'notes:write' })).body).toMatchObject({
      error: 'invalid_scope',
    })
    expect((await present(flow, jag, { resource: notesUrl })).body).toMatchObject({ error: 'invalid_target' })
    const answers = await Promise.all([present(flow, jag), present(flow, jag), present(flow, jag)])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400])
    flow.clock.advance(299)
    expect((await present(flow, jag)).body).toMatchObject({
      error: 'invalid_grant',
      error_description: 'The assertion was used before.',
    })
  })

  it('EMA-03 is refused where another one had its jti', async () => {
    const flow = managedFlow()
    const jti = 'the-same'
    expect((await present(flow, await assertion(flow, { jti }))).status).toBe(200)
    expect((await present(flow, await assertion(flow, { jti, sub: 'grace' }))).status).toBe(400)
  })

  it('EMA-04 gives the scope that assertion and request both name, or the default', async () => {
    const flow = managedFlow()
    const notes = { resource: notesUrl, aud: notesUrl, scope: 'notes:read notes:write other' }
    const scopeOf = async (changes: Claims, more?: Record<string, string>) =>
      (await present(flow, await assertion(flow, { ...notes, ...changes }), more)).body['scope']
    expect(await scopeOf({})).toBe('notes:read notes:write')
    expect(await scopeOf({}, { scope: 'notes:write other' })).toBe('notes:write')
    expect(await scopeOf({ scope: undefined })).toBe('notes:read')
    expect(await scopeOf({ scope: 'other' })).toBeUndefined()
  })

  it('binds to the one resource that assertion, configuration and request agree on', async () => {
    const flow = managedFlow({ identityAssertions: [{ ...trust, resources: ['/mcp/demo'] }] })
    const both = { resource: [demoUrl, notesUrl] }
    expect((await present(flow, await assertion(flow, both))).status).toBe(200)
    expect((await present(flow, await assertion(flow, { resource: notesUrl }))).status).toBe(400)
    const open = managedFlow()
    expect((await present(open, await assertion(open, both))).body).toMatchObject({ error: 'invalid_target' })
    expect((await present(open, await assertion(open, both), { resource: `${demoUrl}/` })).status).toBe(200)
    expect((await present(open, await assertion(open, { resource: undefined, aud: demoUrl }))).status).toBe(
      200,
    )
  })

  it('D01 opens no resource to which the users of its provider may not sign in', async () => {
    const resources = (providers: readonly string[]) => [{ path: '/mcp/demo', name: 'Demo', providers }]
    const answerOf = async (providers: readonly string[]) => {
      const flow = signInFlow({
        providers: (idp) => [providerFor(idp), providerFor(idp, { id: 'partners' })],
        server: { clients: [agent], identityAssertions: [trust], resources: resources(providers) },
      })
      return present(flow, await assertion(flow))
    }
    expect((await answerOf(['scripted'])).status).toBe(200)
    expect(await answerOf(['partners'])).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('EMA-04 is for clients that authenticate and are named in the configuration', async () => {
    const flow = managedFlow()
    const jag = await assertion(flow)
    expect((await present(flow, jag, { client_secret: 'wrong' })).body).toMatchObject({
      error: 'invalid_client',
    })
    expect((await present(flow, jag, { client_id: 'other' })).body).toMatchObject({
      error: 'unauthorized_client',
    })
    const registered = await flow.register()
    const publicForm = new URLSearchParams({ grant_type: grantType, client_id: registered, assertion: jag })
    const refused = await flow.fetch(
      new Request(`${publicUrl}/oauth/token`, { method: 'POST', body: publicForm }),
    )
    expect(await refused.json()).toMatchObject({ error: 'unauthorized_client' })
    expect((await present(flow, jag)).status).toBe(200)
  })

  it('tells issuers of several providers apart', async () => {
    const flow = signInFlow({
      providers: (idp) => [
        providerFor(idp, { id: 'scripted' }),
        providerFor(idp, { id: 'guests', name: 'Guests', oidc: { issuer: 'https://guests.example' } }),
      ],
      server: { clients: [agent], identityAssertions: [trust] },
    })
    expect((await present(flow, await assertion(flow))).status).toBe(200)
    // Signed by the right key, but in the name of a provider that is not trusted for it.
    expect((await present(flow, await assertion(flow, { iss: 'https://guests.example' }))).status).toBe(400)
  })

  it('EMA-02 is announced, and taken, only where it is configured', async () => {
    const on = managedFlow()
    expect(await metadata(on)).toMatchObject({
      authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
      grant_types_supported: ['authorization_code', 'refresh_token', grantType],
    })
    const off = signInFlow({ server: { clients: [agent] } })
    expect(await metadata(off)).not.toHaveProperty('authorization_grant_profiles_supported')
    expect((await metadata(off))['grant_types_supported']).not.toContain(grantType)
    expect((await present(off, await assertion(off))).body).toMatchObject({ error: 'unsupported_grant_type' })
  })

  it('R074 are taken as the provider itself says, where the server says nothing of it', async () => {
    const idJag = { enabled: true, trustedIssuers: [{ expectedClientIds: ['agent'] }] }
    const flowWith = (provider: object, server: Partial<AuthorizationServerOptions> = {}) =>
      signInFlow({ provider, server: { clients: [agent], ...server } })
    const flow = flowWith({ idJag })
    expect((await present(flow, await assertion(flow))).status).toBe(200)
    const off = flowWith({ idJag: { ...idJag, enabled: false } })
    expect((await present(off, await assertion(off))).body).toMatchObject({ error: 'unsupported_grant_type' })
    const refusing = flowWith({ idJag }, { identityAssertions: [{ ...trust, newUsers: 'refuse' }] })
    expect((await present(refusing, await assertion(refusing))).body).toMatchObject({
      error: 'invalid_grant',
    })
  })

  it.each([
    [{ ...trust, provider: 'nobody' }, 'identityAssertions[0].provider has "nobody"'],
    [{ ...trust, resources: ['/nowhere'] }, 'identityAssertions[0].resources has "/nowhere"'],
    [{ ...trust, clients: [] }, 'identityAssertions'],
  ])('is refused at start where the configuration is wrong: %j', (wrong, message) => {
    expect(() => managedFlow({ identityAssertions: [wrong] })).toThrow(message)
  })
})
