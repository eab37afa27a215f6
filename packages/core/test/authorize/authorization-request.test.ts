import type { Overrides } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { records } from '../../src/records.ts'
import { demoUrl, hostedUri, loopbackUri, notesUrl, signInFlow } from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

/** Opens a request and returns where it ended: the parameters of a redirect to the client, or the page. */
async function opened(overrides: Overrides, options: Parameters<typeof signInFlow>[0] = {}) {
  const flow = signInFlow(options)
  const request = await flow.request(overrides)
  const page = await flow.browser.open(request.url)
  return { flow, request, page, error: page.parameters.get('error') }
}

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

describe('before the redirect URI is proven', () => {
  it.each<[string, Overrides, string]>([
    ['without client_id', { client_id: undefined }, 'client_id is missing'],
    ['with an empty client_id', { client_id: '' }, 'client_id is missing'],
    ['with two of them', { client_id: ['a', 'b'] }, 'client_id is repeated'],
    ['of a client that nobody registered', { client_id: 'nobody' }, 'This app is not known here'],
    [
      'of a client document that is not to be had',
      { client_id: 'https://a.example/c' },
      'could not be checked',
    ],
    ['with another path', { redirect_uri: `${loopbackUri}/x` }, 'wrong return address'],
    ['with another case', { redirect_uri: 'http://127.0.0.1:33418/Callback' }, 'wrong return address'],
    ['with a slash more', { redirect_uri: `${loopbackUri}/` }, 'wrong return address'],
    ['with a query more', { redirect_uri: `${loopbackUri}?a=b` }, 'wrong return address'],
    [
      'at localhost for 127.0.0.1',
      { redirect_uri: 'http://localhost:33418/callback' },
      'wrong return address',
    ],
    ['at [::1] for 127.0.0.1', { redirect_uri: 'http://[::1]:33418/callback' }, 'wrong return address'],
    [
      'at a name that begins alike',
      { redirect_uri: 'http://127.0.0.1.evil.example/callback' },
      'wrong return',
    ],
    ['by https for http', { redirect_uri: 'https://127.0.0.1:33418/callback' }, 'wrong return address'],
    ['with user information', { redirect_uri: 'http://127.0.0.1:1@evil.example/callback' }, 'wrong return'],
    ['with two redirect URIs', { redirect_uri: [loopbackUri, loopbackUri] }, 'redirect_uri is repeated'],
    ['without one, where ports are free', { redirect_uri: undefined }, 'redirect_uri is missing'],
  ])('AS-21 A01 A02 A05 a request %s ends on our page and goes nowhere', async (_, overrides, words) => {
    const { page } = await opened({ ...overrides, code_challenge: undefined })
    expect(page.stopped).toBe(false)
    expect(page.status).toBe(400)
    expect(page.url).toContain(`${publicUrl}/oauth/authorize`)
    expect(page.text).toContain(words)
    expect(page.links).toEqual([])
    expect(page.forms).toEqual([])
  })

  it.each(['http://127.0.0.1:33418/callback', 'http://127.0.0.1/callback', 'http://127.0.0.1:1/callback'])(
    'AS-23 takes any port of a registered loopback URI: %s',
    async (redirectUri) => {
      const { page } = await opened({ redirect_uri: redirectUri })
      expect(page.text).toContain('wants to use Demo')
    },
  )

  it('AS-24 takes any port of a registered localhost URI', async () => {
    const flow = signInFlow()
    const clientId = await flow.register({ redirect_uris: ['http://localhost/callback'] })
    const request = await flow.request({ redirect_uri: 'http://localhost:49152/callback' }, { clientId })
    expect((await flow.browser.open(request.url)).text).toContain('wants to use Demo')
  })

  it('AS-25 takes a missing redirect_uri if exactly one is registered, and the token request need not repeat it', async () => {
    const flow = signInFlow()
    const one = await flow.register({ redirect_uris: [hostedUri] })
    const request = await flow.request({ redirect_uri: undefined }, { clientId: one })
    const callback = await (await flow.browser.open(request.url)).submit({}, { button: 'Allow' })
    expect(callback.url).toContain(`${hostedUri}?code=`)

    const two = await flow.register({ redirect_uris: [hostedUri, `${hostedUri}2`] })
    const refused = await flow.request({ redirect_uri: undefined }, { clientId: two })
    expect((await flow.browser.open(refused.url)).text).toContain('redirect_uri is missing')
  })

  it('SEC-13 A03 follows no scheme that the operator does not allow, though a client document lists it beside a good one', async () => {
    const clientId = 'https://client.example/metadata.json'
    const document = {
      client_id: clientId,
      client_name: 'Client',
      redirect_uris: [hostedUri, 'unlisted://callback'],
    }
    const flow = signInFlow({ others: { 'https://client.example': () => Response.json(document) } })
    const good = await flow.request({ redirect_uri: hostedUri }, { clientId })
    expect((await flow.browser.open(good.url)).text).toContain('client.example wants to use Demo')
    const bad = await flow.request({ redirect_uri: 'unlisted://callback' }, { clientId })
    const page = await flow.browser.open(bad.url)
    expect(page.status).toBe(400)
    expect(page.text).toContain('wrong return address')
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd'])(
    'SEC-13 A03 never follows %s, even if it was once registered',
    async (uri) => {
      const flow = signInFlow()
      const clients = records(flow.server.context.storage, 'client')
      await clients.set('old-client', {
        clientId: 'old-client',
        origin: 'registered',
        redirectUris: [uri, hostedUri],
        grantTypes: ['authorization_code'],
        authMethod: 'none',
        createdAt: 0,
      })
      const bad = await flow.request({ redirect_uri: uri }, { clientId: 'old-client' })
      const page = await flow.browser.open(bad.url)
      expect(page.status).toBe(400)
      expect(page.body).not.toContain(uri)
      const good = await flow.request({ redirect_uri: hostedUri }, { clientId: 'old-client' })
      expect((await flow.browser.open(good.url)).text).toContain('wants to use Demo')
    },
  )

  it('COMPAT-05 says to an unknown client what to press in it', async () => {
    const { page } = await opened({ client_id: 'gone', redirect_uri: 'cursor://anysphere.cursor-mcp/oauth' })
    expect(page.text).toContain('remove this server from it and add it again')
    expect(page.text).toContain('In Cursor:')
  })

  it('has an address for each resource and no other', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const elsewhere = await flow.browser.open(url.replace('/authorize/mcp/demo', '/authorize/mcp/other'))
    expect(elsewhere.status).toBe(404)
    expect(elsewhere.text).toContain('There is nothing here')
    const slash = await flow.browser.open(url.replace('/authorize/mcp/demo', '/authorize/mcp/demo/'))
    expect(slash.text).toContain('wants to use Demo')
  })
})

describe('once the redirect URI is proven', () => {
  it.each<[string, string, Overrides]>([
    ['AS-26 B01 invalid_request without PKCE', 'invalid_request', { code_challenge: undefined }],
    ['AS-26 B01 invalid_request with a method alone', 'invalid_request', { code_challenge: '' }],
    ['AS-27 B03 invalid_request for plain', 'invalid_request', { code_challenge_method: 'plain' }],
    ['AS-27 B03 invalid_request without a method', 'invalid_request', { code_challenge_method: undefined }],
    ['AS-27 B03 invalid_request for s256', 'invalid_request', { code_challenge_method: 's256' }],
    [
      'AS-26 invalid_request for a short challenge',
      'invalid_request',
      { code_challenge: challenge.slice(1) },
    ],
    ['AS-26 invalid_request for a long one', 'invalid_request', { code_challenge: 'a'.repeat(129) }],
    ['AS-26 invalid_request for a foreign character', 'invalid_request', { code_challenge: `${challenge}+` }],
    ['AS-28 invalid_request without response_type', 'invalid_request', { response_type: undefined }],
    ['AS-28 unsupported_response_type for token', 'unsupported_response_type', { response_type: 'token' }],
    ['AS-28 unsupported_response_type', 'unsupported_response_type', { response_type: 'code id_token' }],
    ['AS-28 invalid_request for a fragment', 'invalid_request', { response_mode: 'fragment' }],
    ['AS-31 invalid_target for another server', 'invalid_target', { resource: 'https://a.example/mcp' }],
    ['AS-31 invalid_target for an unknown path', 'invalid_target', { resource: `${publicUrl}/mcp/other` }],
    ['AS-31 invalid_target for a fragment', 'invalid_target', { resource: `${demoUrl}#a` }],
    ['AS-31 invalid_target for a relative one', 'invalid_target', { resource: '/mcp/demo' }],
    ['D01 invalid_target for another case', 'invalid_target', { resource: `${publicUrl}/MCP/demo` }],
    ['D01 invalid_target for an encoded slash', 'invalid_target', { resource: `${publicUrl}/mcp%2Fdemo` }],
    ['AS-34 invalid_target for two', 'invalid_target', { resource: [demoUrl, notesUrl] }],
    ['AS-31 invalid_target for one of another endpoint', 'invalid_target', { resource: notesUrl }],
    ['SCOPE-04 invalid_scope for foreign scopes alone', 'invalid_scope', { scope: 'repo admin:org' }],
    ['AS-41 invalid_request for none beside others', 'invalid_request', { prompt: 'none login' }],
    ['invalid_request for a max_age that is no number', 'invalid_request', { max_age: 'soon' }],
    ['AS-42 request_not_supported', 'request_not_supported', { request: 'eyJ' }],
    ['AS-42 request_uri_not_supported', 'request_uri_not_supported', { request_uri: 'urn:a' }],
    ['registration_not_supported', 'registration_not_supported', { registration: '{}' }],
    ['AS-20 invalid_request for two scopes', 'invalid_request', { scope: ['a', 'b'] }],
    [
      'AS-20 invalid_request for two challenges',
      'invalid_request',
      { code_challenge: [challenge, challenge] },
    ],
    ['AS-20 invalid_request for two prompts', 'invalid_request', { prompt: ['login', 'login'] }],
  ])('AS-36 tells the client %s', async (_, code, overrides) => {
    const { page, request } = await opened(overrides)
    expect(page.url).toContain(`${loopbackUri}?`)
    expect(Object.fromEntries(page.parameters)).toEqual({
      error: code,
      error_description: expect.stringMatching(/^[\x20\x21\x23-\x5B\x5D-\x7E]+$/) as string,
      state: request.state,
      iss: demoUrl,
    })
  })

  it('AS-36 tells a client that may not use this grant unauthorized_client, and one that may nothing of the kind', async () => {
    const machine = {
      clientId: 'machine',
      name: 'Nightly job',
      redirectUris: [hostedUri],
      clientSecret: 's'.repeat(43),
      grantTypes: ['client_credentials'] as const,
      resources: ['/mcp/demo'],
    }
    const ask = async (
      grantTypes: readonly ((typeof machine.grantTypes)[number] | 'authorization_code')[],
    ) => {
      const flow = signInFlow({ server: { clients: [{ ...machine, grantTypes }] } })
      const request = await flow.request({ redirect_uri: hostedUri }, { clientId: 'machine' })
      return flow.browser.open(request.url)
    }
    const refused = await ask(['client_credentials'])
    expect(refused.url).toContain(`${hostedUri}?error=unauthorized_client`)
    expect((await ask(['authorization_code', 'client_credentials'])).text).toContain('wants to use Demo')
  })

  it('AS-20 answers no state when two were sent', async () => {
    const { page, error } = await opened({ state: ['one', 'two'] })
    expect(error).toBe('invalid_request')
    expect(page.parameters.has('state')).toBe(false)
  })

  it.each<[string, Overrides]>([
    ['AS-20 unknown parameters, even twice', { foo: ['1', '2'] }],
    ['AS-20 COMPAT-32 an empty scope', { scope: '' }],
    ['AS-20 an empty parameter beside a full one', { code_challenge_method: ['', 'S256'] }],
    ['AS-26 the shortest challenge', { code_challenge: challenge }],
    ['AS-26 the longest challenge', { code_challenge: 'a'.repeat(128) }],
    ['AS-28 the response mode query', { response_mode: 'query' }],
    ['AS-32 COMPAT-01 a slash behind the resource', { resource: `${demoUrl}/` }],
    ['AS-32 the default port', { resource: 'https://mcp.example.com:443/mcp/demo' }],
    ['AS-32 capitals in scheme and host', { resource: 'HTTPS://MCP.Example.com/mcp/demo' }],
    ['AS-34 the same resource twice', { resource: [demoUrl, `${demoUrl}/`] }],
    ['AS-33 no resource where the path implies it', { resource: undefined }],
    ['AS-41 unknown prompts', { prompt: 'create fancy' }],
    ['a hint of absurd length', { login_hint: 'a'.repeat(1000) }],
  ])('takes %s', async (_, overrides) => {
    const { page } = await opened(overrides)
    expect(page.text).toContain('An app on this computer wants to use Demo')
  })

  it('AS-33 refuses a missing resource at the common address, and takes it where there is only one', async () => {
    const flow = signInFlow()
    const { url } = await flow.request({ resource: undefined })
    const refused = await flow.browser.open(url.replace('/authorize/mcp/demo', '/authorize'))
    expect(refused.parameters.get('error')).toBe('invalid_target')
    expect(refused.parameters.get('iss')).toBe(publicUrl)

    const single = signInFlow({ server: { resources: [{ path: '/mcp/demo', name: 'Demo' }] } })
    const request = await single.request({ resource: undefined })
    const page = await single.browser.open(request.url.replace('/authorize/mcp/demo', '/authorize'))
    expect(page.text).toContain('wants to use Demo')
  })

  it.each([
    ['AS-35 SCOPE-03 the default scopes for none', undefined, 'notes:read'],
    ['COMPAT-32 the default scopes for an empty one', '', 'notes:read'],
    ['COMPAT-12 the default scopes for OpenID scopes', 'openid profile email offline_access', 'notes:read'],
    ['SCOPE-04 what it knows among foreign ones', 'repo notes:write openid', 'notes:write'],
    [
      'DCR-07 all scopes when all are asked for, though it registered one',
      'notes:write notes:read',
      'notes:read notes:write',
    ],
    ['each scope once', 'notes:read notes:read', 'notes:read'],
  ])('grants %s', async (_, scope, granted) => {
    const flow = signInFlow()
    const metadata = await flow.client.authorizationServer(notesUrl)
    const identity = await flow.client.register(metadata, { scope: 'notes:read' })
    const request = await flow.client.steps.authorizationRequest(metadata, identity, {
      resource: notesUrl,
      overrides: { scope },
    })
    const callback = await flow.client.authorize(request)
    const tokens = await flow.client.redeem(metadata, identity, request, callback)
    expect(tokens.scope).toBe(granted)
  })
})

describe('the endpoint itself', () => {
  it('AS-20 takes a POST as well, from another site too, and goes on by GET', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const { origin, pathname, searchParams } = new URL(url)
    const page = await flow.browser.post(origin + pathname, Object.fromEntries(searchParams), {
      from: 'https://client.example/',
    })
    expect(page.text).toContain('wants to use Demo')
    expect(page.hops[0]).toMatchObject({ method: 'POST', status: 303 })
    expect(page.hops[1]).toMatchObject({ method: 'GET' })
  })

  it('refuses a POST that is no form', async () => {
    const { server } = signInFlow()
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    const response = await server.fetch(new Request(`${publicUrl}/oauth/authorize`, init))
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toContain('text/html')
  })

  it('AS-15 answers at the root of the origin too', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const page = await flow.browser.open(url.replace('/oauth/authorize/mcp/demo', '/authorize'))
    expect(page.text).toContain('wants to use Demo')
  })

  it('answers HEAD without beginning anything, and other methods with a page', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const head = await flow.server.fetch(new Request(url, { method: 'HEAD' }))
    expect(head.status).toBe(200)
    expect(head.headers.getSetCookie()).toEqual([])
    expect(flow.events.filter(({ name }) => name.startsWith('authorization.'))).toEqual([])
    const put = await flow.server.fetch(new Request(url, { method: 'PUT' }))
    expect(put.status).toBe(405)
    expect(put.headers.get('allow')).toBe('GET, POST')
    expect(await put.text()).toContain('<!doctype html>')
  })

  it('AS-39 sends no CORS headers, and answers no preflight', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const origin = { origin: 'https://client.example' }
    for (const method of ['GET', 'OPTIONS']) {
      const response = await flow.server.fetch(new Request(url, { method, headers: origin }))
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })
})
