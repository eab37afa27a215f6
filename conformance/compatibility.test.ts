import { StorageUnavailableError } from '@portico/storage'
import { answerPages, createScriptedUpstream, parseChallenge } from '@portico/test-peers'
import { decodeJwt } from 'jose'
import { expect, it } from 'vitest'

import { cookieHeader } from './attacks/cookie-header.ts'
import { describeAttacks } from './attacks/describe-attacks.ts'
import { connectLinear, disconnectLinear, linear } from './attacks/linear-upstream.ts'
import { demoUrl, hostedUri, notesUrl, publicUrl } from './attacks/target.ts'
import { codeFor, jsonOf, redeem, tokensOf } from './attacks/token-requests.ts'

const metadataPath = '/.well-known/oauth-authorization-server/mcp/demo'
const resourcePath = '/.well-known/oauth-protected-resource/mcp/demo'
const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'

describeAttacks('What breaks real clients', (open) => {
  it('COMPAT-02 names the URL that users enter, whatever host the request came by', async () => {
    const target = await open()
    for (const headers of [{}, { host: 'inner:8080' }, { 'x-forwarded-proto': 'http' }]) {
      const metadata = await jsonOf(await target.request(resourcePath, { headers }))
      expect(metadata['resource']).toBe(demoUrl)
      const challenged = await target.request('/mcp/demo', { method: 'POST', headers, body })
      expect(parseChallenge(challenged).resourceMetadata).toBe(publicUrl + resourcePath)
    }
  })

  it('COMPAT-03 answers every place where a client looks for metadata by JSON, known or not, to anybody', async () => {
    const target = await open()
    for (const path of [
      metadataPath,
      resourcePath,
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/mcp/demo',
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-protected-resource/mcp/unknown',
      '/mcp/demo/.well-known/oauth-authorization-server',
    ]) {
      const response = await target.request(path, { headers: { accept: '*/*' } })
      expect([path, [200, 404].includes(response.status)]).toEqual([path, true])
      expect(response.headers.get('content-type')).toContain('application/json')
      expect(typeof (await response.json())).toBe('object')
    }
  })

  it('COMPAT-04 registers clients and takes their documents without being configured to', async () => {
    const target = await open({
      web: ({ url }) => Response.json({ client_id: url, client_name: 'Client', redirect_uris: [hostedUri] }),
    })
    const metadata = await jsonOf(await target.request(metadataPath))
    expect(metadata).toMatchObject({ client_id_metadata_document_supported: true })
    expect(metadata['registration_endpoint']).toBe(`${publicUrl}/oauth/register`)
    for (const clientId of [
      'https://client.example/client.json',
      await target.newClient({ redirect_uris: [hostedUri] }),
    ]) {
      const request = await target.attempt({ redirect_uri: hostedUri }, { clientId })
      expect((await target.browser.open(request.url)).text).toContain('wants to use Demo')
    }
  })

  it('COMPAT-08 lets a client in a browser read everything it needs, preflights and refusals among them', async () => {
    const origin = 'http://localhost:6274'
    const target = await open()
    for (const path of [metadataPath, resourcePath, '/.well-known/jwks.json']) {
      const response = await target.request(path, { headers: { origin } })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    }
    for (const [path, method] of [
      ['/oauth/token', 'POST'],
      ['/oauth/register', 'POST'],
      ['/mcp/demo', 'POST'],
    ] as const) {
      const preflight = await target.request(path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization, content-type, mcp-protocol-version',
        },
      })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method)
    }
    const refused = await target.request('/mcp/demo', { method: 'POST', headers: { origin }, body })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
    expect(refused.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
  })

  it('COMPAT-11 has one issuer, to the byte, in metadata, answers and tokens, without a slash at its end', async () => {
    const target = await open()
    const { issuer } = await jsonOf(await target.request(metadataPath))
    const resource = await jsonOf(await target.request(resourcePath))
    const issued = await codeFor(target)
    const callback = await answerPages(await target.browser.open((await target.attempt()).url))
    const refused = await target.browser.open((await target.attempt({ response_type: 'token' })).url)
    const { accessToken } = await tokensOf(await redeem(target, issued))
    expect(resource['authorization_servers']).toEqual([issuer])
    for (const other of [
      callback.parameters.get('iss'),
      refused.parameters.get('iss'),
      decodeJwt(accessToken).iss,
    ]) {
      expect(other).toBe(issuer)
    }
    expect(String(issuer)).not.toMatch(/\/$/)
  })

  it('COMPAT-13 answers an expired token by 401, a lack of scope by 403 with all that is needed, once', async () => {
    const capabilities = { tools: [{ name: 'read' }, { name: 'write', scopes: ['notes:write'] }] }
    const scopes = { 'notes:read': 'Read.', 'notes:write': 'Write.' }
    const upstream = { url: 'https://upstream.example/notes' }
    const route = {
      path: '/mcp/notes',
      id: 'notes',
      upstream,
      scopes,
      defaultScopes: ['notes:read'],
      capabilities,
    }
    const demo = { path: '/mcp/demo', id: 'demo', upstream: { url: 'https://upstream.example/mcp' } }
    const target = await open({ gateway: { routes: [route, demo] } })
    const call = (accessToken: string) =>
      target.client.mcp.call(notesUrl, 'tools/call', { name: 'write', arguments: {} }, { accessToken })
    const tokenFor = async (scope: string) =>
      (
        await tokensOf(
          await redeem(
            target,
            await codeFor(target, undefined, { resource: notesUrl, overrides: { scope } }),
          ),
        )
      ).accessToken
    const narrow = await tokenFor('notes:read')
    const refused = await call(narrow)
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    const wanted = /scope="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? ''
    expect(wanted).toContain('notes:write')
    const wide = await tokenFor(wanted)
    expect((await call(wide)).status).toBe(200)
    target.clock.advance(901)
    const expired = await call(wide)
    expect(expired.status).toBe(401)
    expect(expired.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  it('COMPAT-21 tells a client that opens no URLs in words what to open', async () => {
    const server = createScriptedUpstream()
    const target = await open({ gateway: linear(), others: server.servers })
    await connectLinear(target)
    const connection = await target.client.connect(demoUrl)
    await disconnectLinear(target)
    const call = { name: 'echo', arguments: {} }
    const plain = await connection.call('tools/call', call)
    expect(plain.status).toBe(200)
    expect(plain.result).toMatchObject({ isError: true, content: [{ type: 'text' }] })
    expect(JSON.stringify(plain.result)).toContain(`${publicUrl}/auth/connections/linear/connect`)
    const capabilities = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } } }
    const able = await connection.call('tools/call', { ...call, _meta: capabilities })
    expect(able.result).toMatchObject({ resultType: 'input_required' })
  })

  it('COMPAT-22 makes the headers of the next hop from the body: none is dropped, none invented', async () => {
    const target = await open()
    const connection = await target.client.connect(demoUrl)
    await connection.call(
      'tools/call',
      { name: 'echo', arguments: {} },
      { headers: { 'mcp-session-id': 'mine' } },
    )
    const [sent] = target.upstreamRequests
    const mirrored = [...new Headers(sent?.headers)].filter(([name]) => name.startsWith('mcp-'))
    expect(Object.fromEntries(mirrored)).toEqual({
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      'mcp-protocol-version': '2026-07-28',
    })
  })

  it('COMPAT-25 binds the form to the session, so that a page whose own cookies are dropped works', async () => {
    const target = await open()
    const request = await target.attempt()
    await target.browser.open(request.url)
    const cookie = cookieHeader(target.browser, publicUrl)
    // As in a pop-up: the page is loaded with the cookies of before, and none that it sets is kept.
    const page = await target.browser.open((await target.browser.open(request.url)).url)
    const last = page.hops.at(-1)
    expect(last?.responseHeaders.getSetCookie()).toEqual([])
    expect(cookie).toContain('__Host-portico-session=')
    expect((await page.submit({}, { button: 'Allow' })).parameters.has('code')).toBe(true)
    // A pop-up must stay reachable for the page that opened it.
    expect(page.headers.has('cross-origin-opener-policy')).toBe(false)
  })

  it('COMPAT-27 names in the first challenge all that ordinary calls need, for clients that never step up', async () => {
    const target = await open()
    const { scope = '' } = await target.client.challenge(notesUrl)
    expect(scope).toBe('notes:read')
    const connection = await target.client.connect(notesUrl, { scope })
    expect((await connection.call('tools/list')).status).toBe(200)
  })

  it('COMPAT-29 answers metadata without asking anybody: neither storage nor identity provider', async () => {
    let isAway = false
    const target = await open({ isAway: () => isAway })
    isAway = true
    target.idp.bend('discovery', () => Promise.reject(new StorageUnavailableError('away')))
    for (const path of [metadataPath, resourcePath]) {
      const response = await target.request(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toContain('max-age')
    }
    expect(target.idp.requests).toEqual([])
  })

  it.each([
    ['by a switch', { resource: false } as const, false],
    ['unless told so', {}, true],
  ])('COMPAT-33 leaves the resource out where an upstream refuses it, %s', async (_, changes, isSent) => {
    const server = createScriptedUpstream()
    const target = await open({ gateway: linear(changes), others: server.servers })
    await connectLinear(target)
    const asked = server.requests.find(({ pathname }) => pathname === '/authorize')
    expect(asked?.searchParams.has('resource')).toBe(isSent)
    expect(server.accessTokens).toHaveLength(1)
  })
})
