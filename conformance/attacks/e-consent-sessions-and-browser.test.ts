import { createScriptedIdp, type Page, type ScriptedBrowser } from '@portico/test-peers'
import { expect, it } from 'vitest'

import { cookieHeader } from './cookie-header.ts'
import { describeAttacks } from './describe-attacks.ts'
import { demoUrl, hostedUri, idpIssuer, publicUrl, type Target } from './target.ts'
import { codeFor, isAccepted, jsonOf, redeem, refresh, tokensOf } from './token-requests.ts'

const setupUrl = `${publicUrl}/oauth/setup`
const evil = 'https://evil.example/'
const asks = 'wants to use Demo'

/** The page on which the user decides about a new client (or `clientId`). */
async function consentPage(target: Target, options: { readonly clientId?: string } = {}) {
  const request = await target.attempt({}, options)
  return { request, page: await target.browser.open(request.url) }
}

/** What the button `Allow` sends. */
function approval(page: Page): Record<string, string> {
  const fields = page.forms.at(-1)?.fields ?? []
  return { ...Object.fromEntries(fields.map(({ name, value }) => [name, value ?? ''])), decision: 'approve' }
}

/** Posts a consent form with the cookies of a browser. */
function decide(
  target: Target,
  fields: Readonly<Record<string, string>>,
  browser: ScriptedBrowser,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return target.request(setupUrl, {
    method: 'POST',
    headers: { cookie: cookieHeader(browser, publicUrl), ...headers },
    body: new URLSearchParams(fields),
  })
}

const codeIn = (response: Response): string | null =>
  new URL(response.headers.get('location') ?? 'none:').searchParams.get('code')

/** The address of the callback that the IdP would send this browser to, for an attempt or for a sign-in at /account. */
async function callbackOf(target: Target, browser: ScriptedBrowser, start?: string): Promise<string> {
  const stopped = await browser.open(start ?? (await target.attempt()).url)
  if (!stopped.stopped) throw new Error(`The browser did not stop, but at ${stopped.url}.`)
  const answer = await target.idp.fetch(stopped.url)
  return answer.headers.get('location') ?? ''
}

const sessionOf = (browser: ScriptedBrowser): string =>
  browser.cookies(publicUrl).find(({ name }) => name === '__Host-portico-session')?.value ?? ''

describeAttacks('E. Consent, sessions, browser', (open) => {
  it('E01 issues nothing to a new client without a click that names it and its host, whoever is signed in (FastMCP 2056, cloudflare/ai 51)', async () => {
    const target = await open()
    await target.client.connect(demoUrl)
    const clientId = await target.newClient({ redirect_uris: [hostedUri], client_name: 'Friendly' })
    const request = await target.attempt({ redirect_uri: hostedUri }, { clientId })
    const page = await target.browser.open(request.url, { from: evil })
    expect(page.stopped).toBe(false)
    expect(page.text).toContain('client.example')
    expect(page.text).toContain('Friendly')
    for (let look = 0; look < 3; look += 1) {
      expect((await target.browser.open(page.url)).stopped).toBe(false)
    }
    expect((await page.submit({}, { button: 'Allow' })).parameters.has('code')).toBe(true)
  })

  it('E02 finishes no sign-in in another browser than it began in (GHSA-rww4-4w9c-7733, CVE-2026-27124)', async () => {
    const target = await open()
    const attacker = target.otherBrowser([`${idpIssuer}/authorize`])
    for (const start of [undefined, `${publicUrl}/account`]) {
      const victim = await target.browser.open(await callbackOf(target, attacker, start))
      expect(victim.status).toBe(400)
      expect(sessionOf(target.browser)).toBe('')
    }
    const own = target.otherBrowser([`${idpIssuer}/authorize`])
    expect((await own.open(await callbackOf(target, own))).text).toContain(asks)
  })

  it('E03 asks again where another site led the browser, however consent was remembered (GHSA-6x8h-498w-gv8c)', async () => {
    const target = await open({ gateway: { rememberConsentSeconds: 86_400 } })
    const clientId = await target.newClient({ redirect_uris: [hostedUri] })
    const url = async () => (await target.attempt({ redirect_uri: hostedUri }, { clientId })).url
    const first = await target.browser.open(await url())
    await first.submit({ remember: true }, { button: 'Allow' })
    expect((await target.browser.open(await url(), { from: evil })).text).toContain(asks)
    const again = await target.browser.open(await url())
    expect(again.parameters.has('code')).toBe(true)
    // Nor is the answer to one client a way to begin for another, as if from a page of ours.
    const hidden = await target.register({ redirect_uris: [await url()] })
    expect([hidden.status, (await jsonOf(hidden))['error']]).toEqual([400, 'invalid_redirect_uri'])
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a subdomain', { 'sec-fetch-site': 'same-site' }],
    ['by another origin', { origin: 'https://evil.example' }],
  ])('E04 approves no form that was posted %s (FastMCP 3519)', async (_, headers) => {
    const target = await open()
    const { page } = await consentPage(target)
    const refused = await decide(target, approval(page), target.browser, headers)
    expect([refused.status, codeIn(refused)]).toEqual([403, null])
    const accepted = await decide(target, approval(page), target.browser, { 'sec-fetch-site': 'same-origin' })
    expect(codeIn(accepted)).toMatch(/^[\w-]{43}$/)
  })

  it('E04 takes no token, handle or field but those of the page that this user saw (FastMCP 3519)', async () => {
    const target = await open()
    const { page } = await consentPage(target)
    const eve = target.otherBrowser()
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    const hers = approval(await eve.open((await target.attempt()).url))
    const own = approval(page)
    for (const fields of [
      { ...own, csrf: '' },
      { ...own, csrf: hers['csrf'] ?? '' },
      { ...own, transaction: hers['transaction'] ?? '' },
      hers,
    ]) {
      expect(codeIn(await decide(target, fields, target.browser))).toBeNull()
    }
    // Nor does the right form approve anything in the browser of somebody else.
    expect(codeIn(await decide(target, own, eve))).toBeNull()
    const changed = { ...own, client_id: 'evil', redirect_uri: evil, scope: 'admin', resource: evil }
    const answer = await decide(target, changed, target.browser)
    expect(answer.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:33418\/callback\?code=/)
    // A replay gets the same answer, never a second code.
    expect(codeIn(await decide(target, own, target.browser))).toBe(codeIn(answer))
  })

  it('E05 lets nobody frame a page, run a script in it or learn its address (RFC 9700 section 4.16)', async () => {
    const target = await open()
    const { page } = await consentPage(target)
    const account = await target.browser.open(`${publicUrl}/account`)
    const logout = await target.browser.open(`${publicUrl}/oauth/logout`)
    const error = await target.browser.open(`${publicUrl}/oauth/authorize?client_id=nobody`)
    const callback = await page.submit({}, { button: 'Allow' })
    const pages = [page, account, logout, error]
    const hops = [...pages, callback]
      .flatMap((each) => each.hops)
      .filter(({ url }) => url.startsWith(publicUrl))
    expect(hops.length).toBeGreaterThan(6)
    for (const { responseHeaders } of hops) {
      const policy = responseHeaders.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("base-uri 'none'")
      expect(policy).not.toMatch(/unsafe|script-src|\*/)
      expect(responseHeaders.get('x-frame-options')).toBe('DENY')
      expect(responseHeaders.get('referrer-policy')).toBe('no-referrer')
      expect(responseHeaders.get('cache-control')).toBe('no-store')
      expect(responseHeaders.get('x-content-type-options')).toBe('nosniff')
    }
    for (const { body } of pages) expect(body).not.toMatch(/<script|\son\w+=|javascript:/i)
  })

  it('E06 shows every text of strangers as text (CVE-2025-62800)', async () => {
    const script = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'`'
    const routes = [
      {
        path: '/mcp/demo',
        id: 'demo',
        name: script,
        scopes: { 'mcp:tools': script },
        upstream: { url: 'https://upstream.example/mcp' },
      },
    ]
    const target = await open({ gateway: { routes, theme: { name: script } } })
    const clientId = await target.newClient({ redirect_uris: [hostedUri], client_name: script })
    target.idp.signInAs({ sub: 'ada', name: script, email: script })
    const request = await target.attempt({ redirect_uri: hostedUri }, { clientId })
    const consent = await target.browser.open(request.url)
    expect(consent.text).toContain(script.slice(0, 25))
    target.idp.bendCallback(
      (parameters) =>
        new URLSearchParams({
          state: parameters.get('state') ?? '',
          iss: idpIssuer,
          error: script,
          error_description: script,
        }),
    )
    const other = target.otherBrowser()
    const pages = [
      consent,
      await target.browser.open(`${publicUrl}/account`),
      await other.open(request.url),
      await other.open(
        `${publicUrl}/oauth/authorize?${new URLSearchParams({ client_id: script, redirect_uri: script, state: script }).toString()}`,
      ),
      await other.open(`${publicUrl}/oauth/setup?${new URLSearchParams({ transaction: script }).toString()}`),
      await other.open(
        `${publicUrl}/oauth/callback?${new URLSearchParams({ error: script, state: script }).toString()}`,
      ),
    ]
    for (const { body, headers } of pages) {
      expect(headers.get('content-type')).toContain('text/html')
      expect(body).not.toContain('<script')
      expect(body).not.toContain('<img')
    }
  })

  it('E07 takes a callback once, in its own browser and in its time (RFC 9700 section 4.7)', async () => {
    const target = await open()
    const browser = target.otherBrowser([`${idpIssuer}/authorize`])
    const callback = await callbackOf(target, browser)
    expect((await target.request(callback)).status).toBe(400)
    const signIn = await callbackOf(target, browser, `${publicUrl}/account`)
    expect((await target.request(signIn)).headers.getSetCookie()).toEqual([])
    const again = await callbackOf(target, browser)
    expect((await browser.open(again)).text).toContain(asks)
    expect((await browser.open(again)).status).toBe(400)
    const late = await callbackOf(target, target.otherBrowser([`${idpIssuer}/authorize`]))
    target.clock.advance(3600)
    expect((await browser.open(late)).status).toBe(400)
  })

  it('E07 begins a session under a new id at every sign-in, and the old one is over', async () => {
    const target = await open()
    await consentPage(target)
    const before = sessionOf(target.browser)
    await target.browser.open((await target.attempt({ prompt: 'login' })).url)
    const after = sessionOf(target.browser)
    expect(after).not.toBe(before)
    const grants = async (session: string) =>
      (
        await target.request('/account/api/grants', {
          headers: { cookie: `__Host-portico-session=${session}` },
        })
      ).status
    expect(await grants(before)).toBe(401)
    expect(await grants(after)).toBe(200)
  })

  it('E08 sets cookies that no other host, page or script can plant or read (RFC 6265bis section 4.1.3)', async () => {
    const target = await open()
    const { page } = await consentPage(target)
    const lines = page.hops
      .filter(({ url }) => url.startsWith(publicUrl))
      .flatMap(({ responseHeaders }) => responseHeaders.getSetCookie())
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) {
      expect(line).toMatch(/^__Host-/)
      for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'])
        expect(line).toContain(attribute)
      expect(line).not.toContain('Domain')
    }
    expect(target.browser.refusedCookies).toEqual([])
    const planted = await target.request('/account/api/grants', {
      headers: { cookie: `portico-session=${sessionOf(target.browser)}` },
    })
    expect(planted.status).toBe(401)
  })

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another audience', { aud: 'other' }],
    ['for another authorized party', { aud: ['client', 'other'], azp: 'other' }],
    ['with another nonce', { nonce: 'other' }],
    ['without a nonce', { nonce: undefined }],
    ['that has expired', { exp: 1_700_000_000 }],
    ['without a subject', { sub: undefined }],
  ])('E09 signs nobody in by an ID token %s (OpenID Connect Core section 3.1.3.7)', async (_, claims) => {
    const target = await open()
    const undo = target.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, ...claims } }))
    expect((await consentPage(target)).page.text).not.toContain(asks)
    expect(sessionOf(target.browser)).toBe('')
    undo()
    expect((await consentPage(target)).page.text).toContain(asks)
  })

  it('E09 signs nobody in by a key that the IdP did not publish', async () => {
    const target = await open()
    const stranger = createScriptedIdp()
    const { privateKey } = await stranger.currentKey()
    const undo = target.idp.bendIdToken((draft) => ({ ...draft, key: privateKey }))
    expect((await consentPage(target)).page.text).not.toContain(asks)
    undo()
    expect((await consentPage(target)).page.text).toContain(asks)
  })

  it.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['a verified address and the group', { email_verified: true, groups: ['staff'] }, true],
    ['an address that is not verified', { email_verified: false, groups: ['staff'] }, false],
    ['groups of a wrong shape', { email_verified: true, groups: 'staff' }, false],
    ['groups inside an object', { email_verified: true, groups: { 0: 'staff' } }, false],
    ['no groups', { email_verified: true }, false],
  ])('E09 judges by sign-in rules a user with %s (babs row 13)', async (_, claims, isIn) => {
    const signIn = { requireVerifiedEmail: true, allowedGroups: ['staff'] }
    const provider = { issuer: idpIssuer, clientId: 'client', clientSecret: 'secret', signIn }
    const target = await open({ providers: [provider] })
    target.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, ...claims } }))
    const { page } = await consentPage(target)
    expect(page.text.includes(asks)).toBe(isIn)
  })

  it('E10 takes no answer of one IdP for a login at another (RFC 9700 section 4.4)', async () => {
    const otherIssuer = 'https://idp-two.example'
    const two = createScriptedIdp({ issuer: otherIssuer })
    const provider = (providerId: string, issuer: string) => ({
      providerId,
      issuer,
      displayName: providerId,
      clientId: 'client',
      clientSecret: 'secret',
    })
    const target = await open({
      providers: [provider('one', idpIssuer), provider('two', otherIssuer)],
      others: { [otherIssuer]: two.fetch },
    })
    const begun = async (browser: ScriptedBrowser) => {
      const chooser = await browser.open((await target.attempt()).url)
      const stopped = await chooser.submit({}, { button: 'Continue with one' })
      return new URL((await target.idp.fetch(stopped.url)).headers.get('location') ?? '')
    }
    const browser = target.otherBrowser([`${idpIssuer}/authorize`])
    const mixed = await begun(browser)
    expect(mixed.pathname).toBe('/oauth/callback/one')
    mixed.searchParams.set('iss', otherIssuer)
    expect((await browser.open(mixed)).text).not.toContain(asks)
    const elsewhere = await begun(browser)
    elsewhere.pathname = '/oauth/callback/two'
    expect((await browser.open(elsewhere)).status).toBe(400)
    expect(two.requests).toEqual([])
    expect((await browser.open(await begun(browser))).text).toContain(asks)
  })

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example/',
    '/\t/evil.example/',
    'javascript:alert(1)',
    '/%2F/../..//evil.example',
  ])('E11 leaves this origin by no parameter: %j (CWE-601)', async (place) => {
    const target = await open()
    await consentPage(target)
    for (const url of [
      `/oauth/login?${new URLSearchParams({ return_to: place }).toString()}`,
      `/oauth/logout?${new URLSearchParams({ post_logout_redirect_uri: place, returnTo: place }).toString()}`,
      `/account?${new URLSearchParams({ return_to: place }).toString()}`,
    ]) {
      const page = await target.browser.open(publicUrl + url)
      for (const hop of page.hops) {
        expect([`${publicUrl}/`, `${idpIssuer}/`]).toContain(`${new URL(hop.url).origin}/`)
      }
      expect(page.body).not.toContain('evil.example')
    }
    const allowed = await target.browser.open(`${publicUrl}/oauth/login?return_to=/account`)
    expect(allowed.url).toBe(`${publicUrl}/account`)
  })

  it('E12 ends the session and what was remembered at sign-out, on every node (OpenID Connect RP-Initiated Logout 1.0)', async () => {
    const target = await open({ gateway: { rememberConsentSeconds: 86_400 } })
    const clientId = await target.newClient({ redirect_uris: [hostedUri] })
    const url = async () => (await target.attempt({ redirect_uri: hostedUri }, { clientId })).url
    await (await target.browser.open(await url())).submit({ remember: true }, { button: 'Allow' })
    expect((await target.browser.open(await url())).parameters.has('code')).toBe(true)
    const cookie = cookieHeader(target.browser, publicUrl)
    const logout = await target.browser.open(`${publicUrl}/oauth/logout`)
    const forged = await target.browser.post(logout.url, approval(logout), { from: evil })
    expect(forged.status).toBe(403)
    await logout.submit({}, { button: 'Sign out' })
    for (const node of [target, await target.otherNode()]) {
      expect((await node.request('/account/api/grants', { headers: { cookie } })).status).toBe(401)
    }
    target.idp.signInAs({ sub: 'ada', name: 'Ada Lovelace' })
    expect((await target.browser.open(await url())).text).toContain(asks)
  })

  it('E12 ends sessions, and by configuration what was allowed in them, when the IdP says so (OpenID Connect Back-Channel Logout 1.0)', async () => {
    const target = await open({ gateway: { backChannelLogout: 'grants' } })
    const connection = await target.client.connect(demoUrl)
    const cookie = cookieHeader(target.browser, publicUrl)
    const notify = async (changes: Readonly<Record<string, unknown>>, typ = 'logout+jwt') => {
      const now = target.clock.seconds()
      const claims = {
        iss: idpIssuer,
        aud: 'client',
        sub: 'ada',
        iat: now,
        exp: now + 120,
        jti: crypto.randomUUID(),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        ...changes,
      }
      const body = new URLSearchParams({ logout_token: await target.idp.sign(claims, { typ }) })
      return (await target.request('/oauth/backchannel-logout/scripted', { method: 'POST', body })).status
    }
    const isSignedIn = async () =>
      (await target.request('/account/api/grants', { headers: { cookie } })).status === 200
    for (const forged of [
      { aud: 'other' },
      { iss: 'https://evil.example' },
      { events: {} },
      { nonce: 'x' },
    ]) {
      expect(await notify(forged)).toBe(400)
    }
    expect(await isSignedIn()).toBe(true)
    expect(await notify({})).toBe(200)
    expect(await isSignedIn()).toBe(false)
    target.clock.advance(6)
    expect((await connection.call('tools/list')).status).toBe(401)
  })

  it('E13 makes everything that could be guessed of 128 bits and more (RFC 6749 section 10.10)', async () => {
    const target = await open()
    const issued = await codeFor(target)
    const tokens = await tokensOf(await redeem(target, issued))
    const handles = target.browser.cookies(publicUrl).map(({ value }) => value)
    const refreshed = await jsonOf(await refresh(target, issued, tokens.refreshToken))
    // 22 characters of base64url are 132 bits.
    for (const text of [issued.code, issued.client.clientId, ...handles]) expect(text).toMatch(/^[\w-]{22,}$/)
    expect(String(refreshed['refresh_token'])).toMatch(/^rt_[\w-]{43}\.\d+\.[\w-]{43}$/)
    const codes = await Promise.all(Array.from({ length: 20 }, async () => codeFor(await target.otherNode())))
    expect(new Set(codes.map(({ code }) => code)).size).toBe(20)
  })

  it('E13 answers who guesses on with 429, and nobody else (OWASP API4:2023)', async () => {
    const target = await open({ gateway: { rateLimits: { failures: 5 } } })
    const guess = (address: string) =>
      target.request(
        '/oauth/token',
        {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'authorization_code',
            client_id: crypto.randomUUID(),
            code: 'x',
          }),
        },
        address,
      )
    for (let count = 0; count < 5; count += 1) expect((await guess('192.0.2.1')).status).toBe(401)
    const limited = await guess('192.0.2.1')
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await guess('192.0.2.2')).status).toBe(401)
    const issued = await codeFor(target)
    const { accessToken } = await tokensOf(await redeem(target, issued))
    expect(await isAccepted(target, demoUrl, accessToken)).toBe(true)
  })

  it('E13 looks at no token any more from where tokens are guessed at a route, but at those it knows (OWASP API4:2023)', async () => {
    const target = await open({ gateway: { rateLimits: { unknownTokens: 5 } } })
    const [lucky, known] = [await target.client.connect(demoUrl), await target.client.connect(demoUrl)]
    expect((await known.call('tools/list')).status).toBe(200)
    const present = (token: string | undefined, address: string) =>
      target.request(
        '/mcp/demo',
        {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
          },
          body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}',
        },
        address,
      )
    const guess = (address: string) => present(`at_${crypto.randomUUID()}`, address)
    for (let count = 0; count < 5; count += 1) expect((await guess('192.0.2.1')).status).toBe(401)
    const limited = await guess('192.0.2.1')
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(limited.headers.has('www-authenticate')).toBe(false)
    // A guess that hits is no better.
    expect((await present(lucky.tokens.accessToken, '192.0.2.1')).status).toBe(429)
    expect((await guess('192.0.2.2')).status).toBe(401)
    expect((await present(lucky.tokens.accessToken, '192.0.2.2')).status).toBe(200)
    // Who shares the address works on, and whoever has no token is told how to get one.
    expect((await present(known.tokens.accessToken, '192.0.2.1')).status).toBe(200)
    expect((await present(undefined, '192.0.2.1')).status).toBe(401)
    target.clock.advance(60)
    expect((await guess('192.0.2.1')).status).toBe(401)
  })
})
