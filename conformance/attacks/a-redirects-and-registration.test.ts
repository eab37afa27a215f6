import type { ClientIdentity } from '@portico/test-peers'
import { expect, it } from 'vitest'

import { cookieHeader } from './cookie-header.ts'
import { describeAttacks } from './describe-attacks.ts'
import { demoUrl, hostedUri, loopbackUri, publicUrl, type Target } from './target.ts'
import { codeFor, jsonOf, redeem, registered } from './token-requests.ts'

const isOurPage = { stopped: false, status: 400, links: [], forms: [] }

/** Registers `redirectUris` and asks for `requested`: where does the browser end? */
async function askedFor(target: Target, redirectUris: readonly string[], requested: string) {
  const clientId = await target.newClient({ redirect_uris: redirectUris })
  return target.browser.open((await target.attempt({ redirect_uri: requested }, { clientId })).url)
}

describeAttacks('A. Redirects and registration', (open) => {
  it.each([
    ['that nobody registered', 'https://evil.example/callback'],
    ['with another path', `${hostedUri}/x`],
    ['with another case', 'https://client.example/Callback'],
    ['with a query more', `${hostedUri}?a=b`],
    ['on a subdomain', 'https://a.client.example/callback'],
    ['that begins alike', 'https://client.example.evil.example/callback'],
    ['over plain http', 'http://client.example/callback'],
  ])('A01 shows a page for a redirect URI %s (GHSA-4pc9-x2fx-p7vj, CVE-2025-4143)', async (_, uri) => {
    const target = await open()
    const refused = await askedFor(target, [hostedUri], uri)
    expect(refused).toMatchObject(isOurPage)
    expect(refused.url).toContain(publicUrl)
    const accepted = await askedFor(target, [hostedUri], hostedUri)
    expect(accepted.text).toContain('client.example')
    expect(accepted.status).toBe(200)
  })

  it.each([loopbackUri, 'https://evil.example/'])(
    'A02 redirects a client that nobody knows nowhere, not even to %s (workers-oauth-provider PR 52)',
    async (uri) => {
      const target = await open()
      const request = await target.attempt({ redirect_uri: uri }, { clientId: 'nobody' })
      expect(await target.browser.open(request.url)).toMatchObject(isOurPage)
      const known = await target.attempt()
      expect((await target.browser.open(known.url)).status).toBe(200)
    },
  )

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'javascript%3Aalert(1)',
    'data:text/html,<b>x</b>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://client.example/1',
    'mailto:a@example.com',
    'about:blank',
  ])('A03 registers no scriptable scheme: %j (better-auth GHSA-86j7-9j95-vpqj)', async (uri) => {
    const target = await open()
    const refused = await target.register({ redirect_uris: [hostedUri, uri] })
    expect([refused.status, (await jsonOf(refused))['error']]).toEqual([400, 'invalid_redirect_uri'])
    expect((await target.register({ redirect_uris: [hostedUri] })).status).toBe(201)
  })

  it.each([
    'https://user@client.example/callback',
    'https://client.example@evil.example/callback',
    'https://client.example/callback#fragment',
    'https://client.example\\@evil.example/callback',
    'https:\\\\client.example/callback',
    'https://client.example/a/../callback',
    'https://client.example/a/%2e%2E/callback',
    'https://client.example./callback',
    'https://cl\u0456ent.example/callback',
    'https://2130706433/callback',
    'https://[0:0:0:0:0:0:0:1]/callback',
  ])('A04 registers nothing that two parsers read differently: %s (FastMCP 3963)', async (uri) => {
    const target = await open()
    const refused = await target.register({ redirect_uris: [uri] })
    expect([refused.status, (await jsonOf(refused))['error']]).toEqual([400, 'invalid_redirect_uri'])
    expect((await target.register({ redirect_uris: ['https://[2001:db8::1]:8443/callback'] })).status).toBe(
      201,
    )
  })

  it('A04 takes a default port for another address than none', async () => {
    const target = await open()
    expect(await askedFor(target, [hostedUri], 'https://client.example:443/callback')).toMatchObject(
      isOurPage,
    )
  })

  it.each([
    'http://localhost.evil.example:33418/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://[::ffff:7f00:1]/callback',
    'http://127.0.0.1:33418/other',
    'http://127.0.0.1:33418/callback?x=1',
    'https://127.0.0.1:33418/callback',
    'http://127.0.0.1:1@evil.example/callback',
    'http://localhost:33418/callback',
    'http://127.0.0.1:99999/callback',
  ])('A05 frees the port of a loopback URI and nothing else: %s (RFC 8252 section 7.3)', async (uri) => {
    const target = await open()
    expect(await askedFor(target, ['http://127.0.0.1/callback'], uri)).toMatchObject(isOurPage)
    const otherPort = await askedFor(target, ['http://127.0.0.1/callback'], 'http://127.0.0.1:49152/callback')
    expect(otherPort.text).toContain('wants to use Demo')
  })

  it('A06 redeems a code for the redirect URI it was issued to (RFC 6749 section 4.1.3)', async () => {
    const target = await open()
    const issued = await codeFor(target)
    const refused = await redeem(target, issued, { redirect_uri: 'http://127.0.0.1:33419/callback' })
    expect(await jsonOf(refused)).toMatchObject({ error: 'invalid_grant' })
    expect((await redeem(target, issued)).status).toBe(200)
  })

  it('A07 keeps no link but https, and no text that turns the page around (workers-oauth-provider 218)', async () => {
    const target = await open()
    const links = ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri']
    const bad = Object.fromEntries(links.map((name) => [name, 'javascript:alert(1)']))
    const name = '<img src=x onerror=alert(1)>\u202Eelpmaxe'
    const answer = await jsonOf(await target.register({ ...bad, client_name: name }))
    for (const link of links) expect(answer[link]).toBeUndefined()
    const page = await target.browser.open(
      (await target.attempt({}, { clientId: String(answer['client_id']) })).url,
    )
    expect(page.text).toContain('<img src=x onerror=alert(1)>elpmaxe')
    expect(page.body).not.toContain('<img')
    expect(page.body).not.toContain('\u202E')
    const good = Object.fromEntries(links.map((link) => [link, `https://client.example/${link}`]))
    expect(await jsonOf(await target.register(good))).toMatchObject(good)
    const keys = await target.register({ jwks_uri: 'http://client.example/jwks' })
    expect(await jsonOf(keys)).toMatchObject({ error: 'invalid_client_metadata' })
  })

  it('A08 grants a registration nothing by its asking: no grant, method, right or way around PKCE (better-auth 1.7)', async () => {
    const target = await open()
    for (const metadata of [
      { grant_types: ['client_credentials'] },
      { response_types: ['token'] },
      { token_endpoint_auth_method: 'client_secret_jwt' },
    ]) {
      expect(await jsonOf(await target.register(metadata))).toMatchObject({
        error: 'invalid_client_metadata',
      })
    }
    const smuggled = await jsonOf(
      await target.register({
        grant_types: ['authorization_code', 'client_credentials', 'password'],
        require_pkce: false,
        client_id: 'chosen',
        client_secret: 'chosen',
        introspects: ['/mcp/demo'],
        role: 'admin',
      }),
    )
    expect(smuggled['grant_types']).toEqual(['authorization_code'])
    for (const name of ['require_pkce', 'introspects', 'role', 'client_secret']) {
      expect(smuggled[name]).toBeUndefined()
    }
    const clientId = String(smuggled['client_id'])
    expect(clientId).not.toBe('chosen')
    const withoutPkce = await target.attempt({ code_challenge: undefined }, { clientId })
    const page = await target.browser.open(withoutPkce.url)
    expect(page.parameters.get('error')).toBe('invalid_request')
  })

  it('A09 reads no registration beyond its limits (RFC 7591 section 5)', async () => {
    const target = await open()
    const many = Array.from({ length: 21 }, (_, index) => `${hostedUri}/${index}`)
    expect((await target.register({ redirect_uris: many })).status).toBe(400)
    expect((await target.register({ redirect_uris: many.slice(1) })).status).toBe(201)
    expect((await target.register({ client_name: 'x'.repeat(201) })).status).toBe(400)
    expect((await target.register({ padding: 'x'.repeat(40_000) })).status).toBe(413)
  })

  it('A09 forgets a client that is never used, and none that is (workers-oauth-provider 0.5.0)', async () => {
    const target = await open({ gateway: { registration: { unusedClientTtlSeconds: 60 } } })
    const unused = await target.newClient()
    const used = await codeFor(target)
    expect((await redeem(target, used)).status).toBe(200)
    target.clock.advance(61)
    const opened = async (clientId: string) =>
      (await target.browser.open((await target.attempt({}, { clientId })).url)).status
    expect(await opened(unused)).toBe(400)
    expect(await opened(used.client.clientId)).toBe(200)
  })

  it('A10 takes the secret of one client for no other, and only by its method (workers-oauth-provider 247, 276)', async () => {
    const target = await open()
    const [mine, other] = [await registered(target), await registered(target)]
    const issued = await codeFor(target, mine)
    const secretOf = (client: ClientIdentity) => ('clientSecret' in client ? client.clientSecret : '')
    const basic = (secret: string) => `Basic ${btoa(`${mine.clientId}:${secret}`)}`
    const attempt = async (client: ClientIdentity, overrides = {}, headers = {}) =>
      (await redeem(target, { ...issued, client }, overrides, headers)).status
    const clientId = mine.clientId

    expect(await attempt({ ...mine, clientSecret: secretOf(other) } as ClientIdentity)).toBe(401)
    expect(await attempt({ clientId, authMethod: 'client_secret_post', clientSecret: secretOf(mine) })).toBe(
      401,
    )
    expect(await attempt({ clientId, authMethod: 'none' })).toBe(401)
    expect(await attempt(mine, { client_id: clientId, client_secret: secretOf(mine) })).toBe(400)
    expect(await attempt(mine, { client_id: other.clientId })).toBe(400)
    for (const authorization of ['Basic', 'Basic ???', `Basic ${btoa(clientId)}`, basic('%zz')]) {
      expect(
        await attempt({ clientId, authMethod: 'none' }, { client_id: undefined }, { authorization }),
      ).toBe(401)
    }
    expect(await attempt(mine, { code: [issued.code, issued.code] })).toBe(400)
    expect(await attempt(mine)).toBe(200)
  })

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])(
    'A11 lets nobody %s a client at its registration address without its own token (GHSA-xr8f-h2gw-9xh6, CVE-2026-41427)',
    async (method) => {
      const target = await open()
      const clientId = await target.newClient()
      const body =
        method === 'GET' || method === 'DELETE'
          ? {}
          : { body: JSON.stringify({ client_id: clientId, redirect_uris: ['https://evil.example/'] }) }
      const headers = { 'content-type': 'application/json' }
      for (const authorization of [
        {},
        { authorization: 'Bearer x' },
        { authorization: `Bearer ${clientId}` },
      ]) {
        const response = await target.request(`/oauth/register/${clientId}`, {
          method,
          headers: { ...headers, ...authorization },
          ...body,
        })
        expect([401, 404, 405]).toContain(response.status)
      }
      const page = await target.browser.open((await target.attempt({}, { clientId })).url)
      expect(page.text).toContain('wants to use Demo')
      const evil = await target.attempt({ redirect_uri: 'https://evil.example/' }, { clientId })
      expect(await target.browser.open(evil.url)).toMatchObject(isOurPage)
    },
  )

  it('A11 lets a client manage itself by its own token, where the operator lets clients, and no other (RFC 7592)', async () => {
    const target = await open({ gateway: { registration: { management: true } } })
    const [mine, hers] = [await jsonOf(await target.register()), await jsonOf(await target.register())]
    const address = new URL(String(mine['registration_client_uri'])).pathname
    const body = JSON.stringify({ client_id: mine['client_id'], redirect_uris: ['https://evil.example/'] })
    const manage = async (method: string, token: unknown) => {
      const headers = { authorization: `Bearer ${String(token)}`, 'content-type': 'application/json' }
      return (await target.request(address, { method, headers, ...(method === 'PUT' && { body }) })).status
    }
    for (const token of [hers['registration_access_token'], mine['client_id'], '', 'undefined']) {
      for (const method of ['GET', 'PUT', 'DELETE']) expect(await manage(method, token)).toBe(401)
    }
    expect(await manage('GET', mine['registration_access_token'])).toBe(200)
    expect(await manage('DELETE', mine['registration_access_token'])).toBe(204)
    expect(await manage('GET', mine['registration_access_token'])).toBe(401)
  })

  it('A11 ends a grant at /account for the user who gave it, and for nobody else (ContextForge e38a9ce85)', async () => {
    const target = await open()
    const connection = await target.client.connect(demoUrl)
    const eve = target.otherBrowser()
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    await eve.open(`${publicUrl}/account`)
    const asOwner = cookieHeader(target.browser, publicUrl)
    const list = await jsonOf(await target.request('/account/api/grants', { headers: { cookie: asOwner } }))
    const [{ id }] = list['grants'] as [{ readonly id: string }]
    const end = async (headers: Readonly<Record<string, string>>) =>
      (await target.request(`/account/api/grants/${id}`, { method: 'DELETE', headers })).status
    const requested = { 'x-requested-with': 'account' }

    expect(await end(requested)).toBe(401)
    expect(await end({ ...requested, cookie: cookieHeader(eve, publicUrl) })).toBe(404)
    expect(await end({ cookie: asOwner })).toBe(403)
    expect((await connection.call('tools/list')).status).toBe(200)
    expect(await end({ ...requested, cookie: asOwner })).toBe(204)
    expect((await connection.call('tools/list')).status).toBe(401)
  })
})
