import type { IdentityProvider } from '@portico/provider'
import { IdentityError } from '@portico/provider'
import { createScriptedIdp, type IdpRequest } from '@portico/test-peers'
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { subjectOf } from '../../src/login/account.ts'
import { demoUrl, providerFor, signInFlow, type Flow, type FlowOptions } from '../sign-in-flow.ts'

async function signIn(options: FlowOptions) {
  const flow = signInFlow(options)
  const page = await flow.browser.open((await flow.request()).url)
  return { flow, page, accepted: page.text.includes('wants to use Demo') }
}

const sentTo = (flow: Flow, endpoint: IdpRequest['endpoint']): IdpRequest | undefined =>
  flow.idp.requests.find((request) => request.endpoint === endpoint)

const failureOf = (flow: Flow) => flow.events.find(({ name }) => name === 'login.failed')

describe('the authorization request to the provider', () => {
  it('IDP-05 has state, nonce and PKCE by S256, whatever the adapter says nothing about', async () => {
    const { flow } = await signIn({})
    const { parameters } = sentTo(flow, 'authorization')!
    expect(Object.fromEntries(parameters)).toEqual({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: 'https://mcp.example.com/oauth/callback',
      scope: 'openid profile email',
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
    })
  })

  it('leaves PKCE out only where the adapter says that the provider breaks on it', async () => {
    const { flow, accepted } = await signIn({ provider: { browserLogin: { pkce: 'none' } } })
    expect(accepted).toBe(true)
    expect(sentTo(flow, 'authorization')?.parameters.has('code_challenge')).toBe(false)
    expect(sentTo(flow, 'token')?.parameters.has('code_verifier')).toBe(false)
  })

  it('adds the parameters of the adapter, to a URL that may have a query already', async () => {
    const idp = createScriptedIdp()
    const url = `${idp.endpoints.authorization}?realm=staff`
    const parameters = { organization: 'org_1', prompt: 'consent' }
    const { flow } = await signIn({ provider: { browserLogin: { url, parameters } } })
    const sent = sentTo(flow, 'authorization')?.parameters
    expect(sent?.get('realm')).toBe('staff')
    expect(sent?.get('organization')).toBe('org_1')
    expect(sent?.get('prompt')).toBe('consent')
  })

  it('cannot be changed by parameters of the adapter where the engine owns them', async () => {
    const parameters = { state: 'x', redirect_uri: 'https://evil.example', response_type: 'token' }
    const { accepted } = await signIn({ provider: { browserLogin: { parameters } } })
    expect(accepted).toBe(true)
  })

  it.each([
    ['login', undefined, { prompt: 'login' }],
    ['login', ['none', 'login'], { prompt: 'login' }],
    ['login', ['none'], { max_age: '0' }],
    ['select_account', undefined, { prompt: 'select_account' }],
    ['select_account', ['login'], { prompt: 'login' }],
    ['consent', undefined, {}],
    ['login select_account', undefined, { prompt: 'login select_account' }],
  ] as const)(
    'IDP-12 AS-41 passes prompt=%s on as the provider understands it (%j)',
    async (prompt, prompts, sent) => {
      const flow = signInFlow({ provider: { browserLogin: prompts ? { prompts } : {} } })
      await flow.browser.open((await flow.request({ prompt })).url)
      const { parameters } = sentTo(flow, 'authorization')!
      const passed = [...parameters].filter(([name]) => name === 'prompt' || name === 'max_age')
      expect(Object.fromEntries(passed)).toEqual(sent)
    },
  )

  it.each([
    ['supported', 'login select_account'],
    ['refused', 'login'],
  ] as const)('AS-41 asks for several prompts at once where that is %s: %s', async (severalPrompts, sent) => {
    const flow = signInFlow({ provider: { browserLogin: { severalPrompts } } })
    await flow.browser.open((await flow.request({ prompt: 'login select_account' })).url)
    expect(sentTo(flow, 'authorization')?.parameters.get('prompt')).toBe(sent)
  })

  it.each([
    ['login', 'login consent'],
    ['select_account', 'select_account consent'],
    ['consent', 'consent'],
  ])('IDP-12 asks for prompt=%s beside what a refresh token needs', async (prompt, sent) => {
    const offlineAccess = { parameters: { access_type: 'offline', prompt: 'consent' } }
    const flow = signInFlow({ provider: { offlineAccess }, server: { recheckUsersSeconds: 60 } })
    await flow.browser.open((await flow.request({ prompt })).url)
    const { parameters } = sentTo(flow, 'authorization')!
    expect(parameters.get('prompt')).toBe(sent)
    expect(parameters.get('access_type')).toBe('offline')
  })

  it.each([
    ['select_account', 'select_account consent'],
    ['consent', 'consent'],
    ['none', 'none'],
  ])('keeps prompt=%s of the adapter beside what a refresh token needs', async (prompt, sent) => {
    const { flow } = await signIn({
      provider: {
        browserLogin: { parameters: { prompt } },
        offlineAccess: { parameters: { prompt: 'consent' } },
      },
      server: { recheckUsersSeconds: 60 },
    })
    expect(sentTo(flow, 'authorization')?.parameters.get('prompt')).toBe(sent)
  })

  it('IDP-12 passes max_age, login_hint and acr_values on', async () => {
    const flow = signInFlow()
    const wishes = { max_age: '600', login_hint: 'ada@example.com', acr_values: 'mfa' }
    await flow.browser.open((await flow.request(wishes)).url)
    expect(Object.fromEntries(sentTo(flow, 'authorization')!.parameters)).toMatchObject(wishes)
  })

  it.each([
    ['select_account', undefined],
    ['login', 'ada@example.com'],
  ])('names an account by login_hint or not beside prompt=%s', async (prompt, sent) => {
    const flow = signInFlow()
    await flow.browser.open((await flow.request({ prompt, login_hint: 'ada@example.com' })).url)
    expect(sentTo(flow, 'authorization')?.parameters.get('login_hint') ?? undefined).toBe(sent)
  })

  it("never carries the MCP client's resource, scope, state or redirect URI", async () => {
    const flow = signInFlow()
    const request = await flow.request({ scope: 'mcp:tools' })
    await flow.browser.open(request.url)
    const url = sentTo(flow, 'authorization')?.url.href
    expect(url).not.toContain('mcp%3Atools')
    expect(url).not.toContain(encodeURIComponent(demoUrl))
    expect(url).not.toContain(request.state)
    expect(url).not.toContain('33418')
  })
})

describe('the token request to the provider', () => {
  it.each([
    ['client_secret_post', 'rfc6749', 'cli:ent', 'p@ss:w/rd +%ü~*'],
    ['client_secret_basic', 'rfc6749', 'cli:ent', 'p@ss:w/rd +%ü~*'],
    ['client_secret_basic', 'raw', 'client', 'p@ss:w/rd+%'],
  ] as const)('proves the client by %s (%s)', async (authMethod, basicEncoding, id, secret) => {
    const { accepted } = await signIn({
      idp: {
        clients: [{ clientId: id, clientSecret: secret, authMethods: [authMethod], basicEncoding }],
      },
      provider: { client: { id, secret, authMethod }, clientAuthentication: { basicEncoding } },
    })
    expect(accepted).toBe(true)
  })

  it('proves the client by private_key_jwt, with the times of the injected clock', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] }
    const clients = [{ clientId: 'client', jwks, authMethods: ['private_key_jwt' as const] }]
    const key = { privateKeyPem: await exportPKCS8(privateKey), algorithm: 'ES256', keyId: 'k1' }
    const client = {
      id: 'client',
      secret: undefined,
      authMethod: 'private_key_jwt' as const,
      privateKey: key,
    }
    const { flow, accepted } = await signIn({ idp: { clients }, provider: { client } })
    expect(failureOf(flow)).toBeUndefined()
    expect(accepted).toBe(true)
    expect(sentTo(flow, 'token')?.parameters.has('client_secret')).toBe(false)
  })

  it('sends no proof for a public client', async () => {
    const client = { id: 'client', secret: undefined, authMethod: 'none' as const }
    const { flow, accepted } = await signIn({
      idp: { clients: [{ clientId: 'client' }] },
      provider: { client },
    })
    expect(accepted).toBe(true)
    expect(sentTo(flow, 'token')?.headers.has('authorization')).toBe(false)
  })

  it('is JSON where the adapter says so', async () => {
    const provider = { clientAuthentication: { requestEncoding: 'json' as const } }
    const { flow, accepted } = await signIn({ provider })
    expect(accepted).toBe(true)
    expect(sentTo(flow, 'token')?.headers.get('content-type')).toBe('application/json')
  })

  it('names the method and the setting when the secret is refused, and never the secret', async () => {
    const client = { id: 'client', secret: 'wrong-secret', authMethod: 'client_secret_post' as const }
    const { flow, page } = await signIn({ provider: { client } })
    expect(page.parameters.get('error')).toBe('server_error')
    const problem = failureOf(flow)?.detail?.['problem']
    expect(problem).toContain('"invalid_client"')
    expect(problem).toContain('allows "client_secret_post"')
    expect(JSON.stringify(flow.events)).not.toContain('wrong-secret')
  })

  it('is given up after the time limit of the provider', async () => {
    const flow = signInFlow({ provider: { settings: { remoteTimeoutMs: 20 } } })
    flow.idp.bend('token', () => new Promise<Response>(() => {}))
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.parameters.get('error')).toBe('temporarily_unavailable')
    expect(failureOf(flow)).toMatchObject({ reason: 'token_endpoint_unavailable' })
  })
})

describe('userinfo', () => {
  const noEmail = (flow: Flow) =>
    flow.idp.bendIdToken((draft) => ({
      ...draft,
      claims: { ...draft.claims, email: undefined, email_verified: undefined, name: 'Token Name' },
    }))

  it.each([
    ['never', true, 0],
    ['whenMissing', false, 0],
    ['whenMissing', true, 1],
    ['always', false, 1],
  ] as const)('%s is asked for when the ID token lacks an address: %s', async (userinfo, missing, count) => {
    const flow = signInFlow({ provider: { userinfo } })
    if (missing) noEmail(flow)
    const page = await flow.browser.open((await flow.request()).url)
    expect(flow.idp.requests.filter(({ endpoint }) => endpoint === 'userinfo')).toHaveLength(count)
    expect(page.text.includes('ada@example.com')).toBe(!missing || count === 1)
  })

  it('IDP-06 is refused when it is about somebody else', async () => {
    const flow = signInFlow({ provider: { userinfo: 'always' } })
    flow.idp.bendJson('userinfo', (claims) => ({ ...claims, sub: 'eve' }))
    await flow.browser.open((await flow.request()).url)
    expect(failureOf(flow)).toMatchObject({ reason: 'userinfo_subject_mismatch' })
  })

  it('does not overrule what the ID token says', async () => {
    const flow = signInFlow({ provider: { userinfo: 'whenMissing' } })
    noEmail(flow)
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.text).toContain('Token Name · ada@example.com')
  })

  it.each([
    [
      'an address of its own',
      { email: 'ada@example.com' },
      { email: 'eve@example.org', email_verified: true },
    ],
    ['no address, yet a verified one', { email_verified: true }, { email: 'ada@example.com' }],
  ])('IDP-08 lends its word on one address to no other: the ID token says %s', async (_, said, asked) => {
    const flow = signInFlow({
      provider: { userinfo: 'always', signIn: { allowedDomains: ['example.com'] } },
    })
    const without = { email: undefined, email_verified: undefined }
    flow.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, ...without, ...said } }))
    flow.idp.bendJson('userinfo', (claims) => ({ ...claims, ...without, ...asked }))
    await flow.browser.open((await flow.request()).url)
    expect(failureOf(flow)).toMatchObject({ reason: 'sign_in_domain_not_allowed' })
  })

  it('IDP-08 may say that the address of the ID token is verified', async () => {
    const flow = signInFlow({
      provider: { userinfo: 'always', signIn: { allowedDomains: ['example.com'] } },
    })
    flow.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, email_verified: undefined } }))
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.text).toContain('ada@example.com')
  })

  it.each([
    ['is away', () => new Response('down', { status: 503 })],
    ['answers a page', () => new Response('<h1>hello</h1>')],
    ['answers a list', () => Response.json([])],
  ])('stops the login when it %s: a rule might need it', async (_, answer) => {
    const flow = signInFlow({ provider: { userinfo: 'always' } })
    flow.idp.bend('userinfo', answer)
    await flow.browser.open((await flow.request()).url)
    expect(failureOf(flow)).toMatchObject({ reason: 'userinfo_unavailable' })
  })

  it('stops the login when the adapter names no endpoint', async () => {
    const { flow, accepted } = await signIn({
      provider: { userinfo: 'always', oidc: { userinfoUrl: undefined as never } },
    })
    expect(accepted).toBe(false)
    expect(failureOf(flow)).toMatchObject({ reason: 'userinfo_unavailable' })
  })
})

describe('providers without an ID token', () => {
  const oauth2 = (changes: Partial<IdentityProvider> = {}): FlowOptions => ({
    providers: (idp) => {
      const { oidc: _none, ...plain } = providerFor(idp)
      return [
        {
          ...plain,
          kind: 'oauth2',
          issuer: 'https://github.example',
          async identify(_claims, read) {
            const user = await read(idp.endpoints.userinfo, z.object({ sub: z.string(), name: z.string() }))
            return { subject: user.sub, name: user.name }
          },
          ...changes,
        },
      ]
    },
  })

  it('are asked by their API who signed in', async () => {
    const { flow, page } = await signIn(oauth2())
    expect(page.text).toContain('Ada Lovelace')
    expect(sentTo(flow, 'authorization')?.parameters.has('nonce')).toBe(false)
    expect(sentTo(flow, 'userinfo')?.headers.get('authorization')).toMatch(/^Bearer /)
    const { subject } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
    expect(subject).toBe(subjectOf('https://github.example', 'ada'))
  })

  it('fail the login when the API answers something else', async () => {
    const flow = signInFlow(oauth2())
    flow.idp.bendJson('userinfo', () => ({ id: 7 }))
    await flow.browser.open((await flow.request()).url)
    expect(failureOf(flow)).toMatchObject({ reason: 'userinfo_unavailable' })
  })

  it('may answer in a format of their own at the token endpoint', async () => {
    const flow = signInFlow(
      oauth2({
        kind: 'private',
        identify: ({ user }) => {
          const { id } = z.object({ id: z.string() }).parse(user)
          return Promise.resolve({ subject: id, name: 'From the answer' })
        },
      }),
    )
    flow.idp.bendJson('token', () => ({ user: { id: 'user_1' } }))
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.text).toContain('From the answer')
  })
})

describe('IDP-08 what an adapter makes of the claims', () => {
  it.each([
    ['an empty subject', () => Promise.resolve({ subject: '' }), 'id_token_subject_invalid'],
    ['a subject too long', () => Promise.resolve({ subject: 'a'.repeat(256) }), 'id_token_subject_invalid'],
    [
      'groups of a wrong shape',
      () => Promise.resolve({ subject: 'a', groups: 'admin' as never }),
      'identity_invalid',
    ],
    ['an exception', () => Promise.reject(new TypeError('no claim')), 'identity_invalid'],
    ['invalid claims', () => Promise.reject(new IdentityError('invalid_claims', 'no')), 'identity_invalid'],
    ['a refusal', () => Promise.reject(new IdentityError('sign_in_refused', 'no')), 'sign_in_refused'],
  ])('is refused when it is %s', async (_, identify, reason) => {
    const { flow, accepted } = await signIn({ provider: { identify } })
    expect(accepted).toBe(false)
    expect(failureOf(flow)).toMatchObject({ reason })
  })

  it('is kept under issuer and subject: the same address at another issuer is another account', async () => {
    const one = await signIn({})
    const other = await signIn({ idp: { issuer: 'https://idp.example/other' } })
    const subjects = [one, other].map(
      ({ flow }) => flow.events.find(({ name }) => name === 'login.succeeded')?.subject,
    )
    expect(subjects[0]).toBe(subjectOf('https://idp.example', 'ada'))
    expect(subjects[1]).toBe(subjectOf('https://idp.example/other', 'ada'))
    expect(subjects[0]).not.toBe(subjects[1])
  })

  it('IDP-13 C08 keeps no token of the provider in clear, and none in the events', async () => {
    const { flow } = await signIn({})
    const tokens = sentTo(flow, 'token')
    expect(tokens).toBeDefined()
    const { subject = '' } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
    const stored = JSON.stringify(await flow.server.context.storage.list(`sessions:${subject}`))
    expect(stored).toContain('idToken')
    expect(stored).not.toContain('eyJ')
    expect(JSON.stringify(flow.events)).not.toContain('eyJ')
  })

  it('IDP-13 keeps no token at all where no logout needs one', async () => {
    const { flow } = await signIn({ provider: { logout: null } })
    const { subject = '' } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
    const stored = JSON.stringify(await flow.server.context.storage.list(`sessions:${subject}`))
    expect(stored).not.toContain('idToken')
  })
})
