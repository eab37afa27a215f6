import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { createDevIdp, type DevIdp } from '../src/index.ts'
import { createRelyingParty, insecure, redirectUri, startIdp } from './relying-party.ts'

const cleanups: (() => Promise<unknown>)[] = []

async function start(...options: Parameters<typeof startIdp>): Promise<DevIdp> {
  const idp = await startIdp(...options)
  cleanups.push(() => idp.close())
  return idp
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

describe('the shape of a Logto tenant', () => {
  it('is what its discovery document says', async () => {
    const idp = await start()
    const { server } = await createRelyingParty(idp)
    expect(idp.issuer).toBe(`${idp.endpoint}/oidc`)
    expect(server).toMatchObject({
      issuer: `${idp.endpoint}/oidc`,
      authorization_endpoint: `${idp.endpoint}/oidc/auth`,
      token_endpoint: `${idp.endpoint}/oidc/token`,
      jwks_uri: `${idp.endpoint}/oidc/jwks`,
      userinfo_endpoint: `${idp.endpoint}/oidc/me`,
      end_session_endpoint: `${idp.endpoint}/oidc/session/end`,
      revocation_endpoint: `${idp.endpoint}/oidc/token/revocation`,
      id_token_signing_alg_values_supported: ['ES384'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    })
  })

  it('signs ID tokens by ES384 and puts the claims into them', async () => {
    const party = await createRelyingParty(await start())
    const { tokens, claims } = await party.redeem(
      await (await party.open()).submit({ username: 'admin', password: 'portico' }, { button: 'Sign in' }),
    )
    expect(decodeProtectedHeader(tokens.id_token ?? '')).toMatchObject({ alg: 'ES384' })
    expect(claims).toMatchObject({
      sub: 'u3admin9x4zc',
      username: 'admin',
      name: 'Admin User',
      email: 'admin@example.com',
      email_verified: true,
      roles: ['user', 'admin'],
      groups: ['staff', 'admins'],
    })
  })

  it('releases a claim only with its scope', async () => {
    const party = await createRelyingParty(await start())
    const page = await (
      await party.open({ scope: 'openid' })
    ).submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' })
    const { claims } = await party.redeem(page)
    expect(claims).toHaveProperty('sub', 'u1demo8f3k2m')
    expect(claims).not.toHaveProperty('email')
    expect(claims).not.toHaveProperty('groups')
  })

  it.each(['post', 'basic'])('takes the client secret by client_secret_%s', async (method) => {
    const party = await createRelyingParty(await start())
    const page = await (
      await party.open()
    ).submit({ username: 'guest', password: 'portico' }, { button: 'Sign in' })
    const { claims } = await (method === 'basic' ? party.redeem(page, party.basic) : party.redeem(page))
    expect(claims).toMatchObject({ email: 'guest@example.com', email_verified: false })
  })

  it('refuses a request without PKCE', async () => {
    const party = await createRelyingParty(await start())
    const page = await party.open({ code_challenge: '', code_challenge_method: '' })
    expect(page.parameters.get('error')).toBe('invalid_request')
  })

  it('gives a refresh token for offline_access with prompt=consent, rotates it, and revokes', async () => {
    const party = await createRelyingParty(await start())
    const page = await (
      await party.open({ scope: 'openid offline_access', prompt: 'consent' })
    ).submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' })
    const { tokens } = await party.redeem(page)
    const next = await party.refresh(tokens.refresh_token ?? '')
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    await oauth.processRevocationResponse(await party.revoke(next.refresh_token ?? ''))
    await expect(party.refresh(next.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('the sign-in page', () => {
  it('names the application, labels its fields, needs no scripts and lists the accounts', async () => {
    const party = await createRelyingParty(await start())
    const page = await party.open()
    expect(page.title).toBe('Sign in')
    expect(page.text).toContain('to continue to Portico')
    expect(page.text).toContain('Accounts: demo , guest , admin')
    expect(page.body).not.toContain('<script')
    expect(page.body).toContain('<label for="username">')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('says that name or password is wrong without saying which, keeps the name, and lets the user try again', async () => {
    const party = await createRelyingParty(await start())
    const page = await party.open()
    const wrong = await page.submit({ username: '"><b>demo', password: 'x' }, { button: 'Sign in' })
    expect(wrong.status).toBe(401)
    expect(wrong.text).toContain('User name or password is wrong')
    expect(wrong.forms[0]?.fields.find(({ name }) => name === 'username')?.value).toBe('"><b>demo')
    const right = await wrong.submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' })
    expect(right.parameters.get('iss')).toBe(party.server.issuer)
  })

  it('answers access_denied when the user cancels', async () => {
    const party = await createRelyingParty(await start())
    const page = await (await party.open()).submit({}, { button: 'Cancel' })
    expect(page.parameters.get('error')).toBe('access_denied')
  })

  it('fills in login_hint', async () => {
    const party = await createRelyingParty(await start())
    const page = await party.open({ login_hint: 'guest' })
    expect(page.forms[0]?.fields[0]).toMatchObject({ name: 'username', value: 'guest' })
  })

  it('is skipped while the browser is signed in, and shown again for prompt=login', async () => {
    const party = await createRelyingParty(await start())
    await (await party.open()).submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' })
    expect((await party.open()).parameters.has('code')).toBe(true)
    expect((await party.open({ prompt: 'login' })).title).toBe('Sign in')
    party.browser.clearCookies()
    expect((await party.open()).title).toBe('Sign in')
    expect((await party.open({ prompt: 'none' })).parameters.get('error')).toBe('login_required')
  })

  it('cannot be submitted from another site', async () => {
    const party = await createRelyingParty(await start())
    const { url } = await party.open()
    const form = { username: 'demo', password: 'portico', action: 'sign-in' }
    const page = await party.browser.post(url, form, { from: 'https://evil.test' })
    expect([page.status, page.title]).toEqual([400, 'Nothing to sign in to'])
  })

  it('explains a refused request on a page of its own', async () => {
    const party = await createRelyingParty(await start())
    const page = await party.open({ redirect_uri: 'https://evil.test/' })
    expect([page.status, page.title]).toEqual([400, 'The request was refused'])
    expect(page.text).toContain('redirect_uri')
  })
})

describe('signing out', () => {
  it('asks, ends the session and returns to the application', async () => {
    const party = await createRelyingParty(await start())
    const { tokens } = await party.redeem(
      await (await party.open()).submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' }),
    )
    const url = new URL(party.server.end_session_endpoint ?? '')
    url.search = new URLSearchParams({
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://127.0.0.1:33418/bye',
      state: 'bye',
    }).toString()
    const page = await party.browser.open(url)
    expect(page.title).toBe('Sign out?')
    expect((await page.submit({}, { button: 'Sign out' })).url).toBe('http://127.0.0.1:33418/bye?state=bye')
    expect((await party.open()).title).toBe('Sign in')
  })

  it('tells the application through the back channel', async () => {
    const told = Promise.withResolvers<URLSearchParams>()
    const application = await serveOnLoopback(() => async (request) => {
      told.resolve(new URLSearchParams(await request.text()))
      return new Response(null, { status: 204 })
    })
    cleanups.push(() => application.close())
    const idp = await start({
      clients: [
        {
          clientId: 'portico',
          clientSecret: 'a secret: with+characters',
          redirectUris: [redirectUri],
          backchannelLogoutUri: `${application.origin}/backchannel`,
        },
      ],
    })
    const party = await createRelyingParty(idp)
    await (await party.open()).submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' })
    const page = await party.browser.open(party.server.end_session_endpoint ?? '')
    expect((await page.submit({}, { button: 'Sign out' })).text).toContain('Signed out')
    const logout = decodeJwt((await told.promise).get('logout_token') ?? '')
    expect(logout).toMatchObject({ iss: idp.issuer, sub: 'u1demo8f3k2m', aud: 'portico' })
  })
})

describe('starting', () => {
  it.each(['0.0.0.0', '::', '192.168.1.10', 'example.com', '128.0.0.1'])(
    'refuses the host %s',
    async (host) => {
      await expect(startIdp({ host })).rejects.toThrow(`host "${host}" can be reached by others`)
    },
  )

  it.each(['127.0.0.1', 'localhost', '127.0.0.2'])('accepts the host %s', async (host) => {
    expect((await start({ host })).endpoint).toContain(`http://${host}:`)
  })

  it.each([
    'https://idp.example.com',
    'http://192.168.1.10:9001',
    'http://127.0.0.1:9001/oidc',
    '127.0.0.1:9001',
  ])('refuses the endpoint %s', async (endpoint) => {
    await expect(startIdp({ endpoint })).rejects.toThrow('is not a loopback origin')
  })

  it('accepts a loopback endpoint', async () => {
    expect((await start({ endpoint: 'http://localhost:9001' })).issuer).toBe('http://localhost:9001/oidc')
  })

  it('refuses to call anybody but this machine back', async () => {
    const clients = [
      {
        clientId: 'a',
        clientSecret: 'b',
        redirectUris: [redirectUri],
        backchannelLogoutUri: 'https://example.com/',
      },
    ]
    await expect(startIdp({ clients })).rejects.toThrow(
      'backchannelLogoutUri of client "a" is not on loopback',
    )
  })

  it('adds an application while it runs, and refuses one that cannot work', async () => {
    const idp = await start({ clients: [] })
    const party = await createRelyingParty(idp)
    expect((await party.open()).title).toBe('The request was refused')
    const added = { clientId: 'portico', clientSecret: 'secret', redirectUris: [redirectUri] }
    await idp.addClient(added)
    expect((await party.open()).title).toBe('Sign in')
    await expect(idp.addClient({ ...added, redirectUris: ['no URL'] })).rejects.toThrow('redirect_uris')
  })

  it('stops again when one of its applications cannot work', async () => {
    const idp = await startIdp()
    const port = Number(new URL(idp.endpoint).port)
    await idp.close()
    const clients = [{ clientId: 'a', clientSecret: 'b', redirectUris: ['no URL'] }]
    await expect(startIdp({ port, clients })).rejects.toThrow('redirect_uris')
    expect((await start({ port })).endpoint).toBe(idp.endpoint)
  })

  it('says so when the port is taken', async () => {
    const { endpoint } = await start()
    const port = Number(new URL(endpoint).port)
    await expect(createDevIdp({ clients: [], port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('frees its port when it closes', async () => {
    const idp = await startIdp()
    const port = Number(new URL(idp.endpoint).port)
    await idp.close()
    expect((await start({ port })).endpoint).toBe(idp.endpoint)
  })

  it('says nothing on the console', async () => {
    const spies = (['info', 'warn', 'log', 'error'] as const).map((name) => vi.spyOn(console, name))
    const party = await createRelyingParty(await start())
    const page = await party.open({ scope: 'openid offline_access', prompt: 'consent' })
    const { tokens } = await party.redeem(
      await page.submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' }),
    )
    await party.refresh(tokens.refresh_token ?? '')
    await party.revoke(tokens.access_token)
    expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([])
    vi.restoreAllMocks()
  })
})

it('answers under its loopback names only', async () => {
  const idp = await start()
  const ask = (host: string) => nodeFetch(new Request(`${idp.issuer}/jwks`, { headers: { host } }))
  expect((await ask('attacker.example')).status).toBe(421)
  expect((await ask('localhost:9001')).status).toBe(200)
})

describe('the signing key', () => {
  async function keysOf(idp: DevIdp): Promise<string> {
    const response = await fetch(`${idp.issuer}/jwks`)
    return response.text()
  }

  it('is new at every start', async () => {
    expect(await keysOf(await start())).not.toBe(await keysOf(await start()))
  })

  it('is never published with its private half', async () => {
    expect(await keysOf(await start())).not.toContain('"d"')
  })

  it('stays in keyFile, readable by its owner only', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'portico-dev-idp-'))
    cleanups.push(() => rm(directory, { recursive: true }))
    const keyFile = join(directory, 'key.json')
    expect(await keysOf(await start({ keyFile }))).toBe(await keysOf(await start({ keyFile })))
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    expect(await readFile(keyFile, 'utf8')).toContain('P-384')
    await writeFile(keyFile, 'something else')
    await expect(startIdp({ keyFile })).rejects.toThrow('holds no private P-384 key')
  })
})

it('answers userinfo to its own access tokens only', async () => {
  const party = await createRelyingParty(await start())
  const { tokens } = await party.redeem(
    await (await party.open()).submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' }),
  )
  const ask = (token: string) =>
    oauth.userInfoRequest(party.server, { client_id: 'portico' }, token, insecure)
  expect(await (await ask(tokens.access_token)).json()).toMatchObject({ sub: 'u1demo8f3k2m' })
  expect((await ask('wrong')).status).toBe(401)
})
