import type { GrantSummary } from '@portico/core'
import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import { answerPage, createScriptedUpstream } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import type { GatewayOptions } from '../src/index.ts'
import { demoUrl, notesUrl, publicUrl, testGateway } from './test-gateway.ts'
import { keyed, linear, shared } from './upstream-account.ts'

const accountUrl = `${publicUrl}/account`
/** A gateway whose user has allowed one client. */
async function allowed(options: Partial<GatewayOptions> = {}) {
  const upstream = createScriptedUpstream()
  const peers = testGateway(options, { others: upstream.servers })
  const connection = await peers.client.connect(demoUrl)
  const cookie = () =>
    peers.browser
      .cookies(publicUrl)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  const api = (path: string, init: { method?: string; headers?: Record<string, string> } = {}) =>
    peers.request(`${accountUrl}/api/${path}`, { ...init, headers: { cookie: cookie(), ...init.headers } })
  const grants = async () => {
    const { grants: found } = (await (await api('grants')).json()) as { grants: GrantSummary[] }
    return found
  }
  return { ...peers, connection, cookie, api, grants, upstream }
}

/** A gateway with a client at an https address. */
function hosted(options: Partial<GatewayOptions> = {}) {
  const redirectUri = 'https://app.example/callback'
  const callback = () => Promise.resolve(new Response('Done.'))
  const peers = testGateway(options, { others: { 'https://app.example': callback } })
  const { client, browser } = peers
  let known: Awaited<ReturnType<typeof client.register>> | undefined
  return {
    ...peers,
    /** @returns what the user was asked on the way */
    async connect(): Promise<string> {
      const server = await client.authorizationServer(demoUrl)
      known ??= await client.register(server, { redirect_uris: [redirectUri], client_name: 'claude.ai' })
      const request = await client.steps.authorizationRequest(server, known, {
        resource: demoUrl,
        overrides: { redirect_uri: redirectUri },
      })
      let asked = ''
      let page = await browser.open(request.url)
      while (!page.url.startsWith(redirectUri)) {
        asked += page.text
        const canRemember = page.forms.some(({ fields }) => fields.some(({ name }) => name === 'remember'))
        page = canRemember
          ? await page.submit({ remember: true }, { button: 'Allow' })
          : await answerPage(page, {})
      }
      await client.redeem(server, known, request, page)
      return asked
    },
  }
}

const refreshOf = async ({ client, connection }: Awaited<ReturnType<typeof allowed>>) => {
  const response = await client.steps.refresh(
    connection.server,
    connection.client,
    connection.tokens.refreshToken ?? '',
  )
  return response.json()
}

describe('pages that begin a sign-in', () => {
  it.each(['/account', '/auth/connections/linear/connect'])(
    'A09 SEC-16 count it like every other way to begin one: %s',
    async (path) => {
      const { gateway } = testGateway({ connections: [linear], rateLimits: { authorization: 2 } })
      const open = async (clientAddress: string) =>
        (await gateway.fetch(new Request(publicUrl + path), { clientAddress })).status
      expect([await open('192.0.2.1'), await open('192.0.2.1')]).toEqual([303, 303])
      expect(await open('192.0.2.1')).toBe(429)
      expect(await open('192.0.2.2')).toBe(303)
    },
  )
})

describe('AS-82 R096 the account page', () => {
  it('asks for a sign-in first, and comes back', async () => {
    const { browser } = testGateway()
    const page = await browser.open(accountUrl)
    expect(page.hops.map(({ url }) => new URL(url).origin)).toContain('https://acme.example')
    expect(page.url).toBe(accountUrl)
    expect(page.text).toContain('You have not allowed any app.')
  })

  it('says who may do what, where, since when, and when that was last of use', async () => {
    const peers = await allowed()
    peers.clock.advance(3600)
    await peers.connection.refresh()
    const page = await peers.browser.open(accountUrl)
    for (const words of ['“ Scripted client ”', 'Demo', demoUrl, 'Use the tools, prompts and resources']) {
      expect(page.text).toContain(words)
    }
    expect(page.text).toMatch(/Since Jan 15, 2027, 08:00 AM UTC/)
    expect(page.text).toMatch(/Last active Jan 15, 2027, 09:00 AM UTC/)
    expect(page.links.map(({ href }) => href)).toContain(`${publicUrl}/oauth/logout`)
  })

  it('CIMD-18 names a client by the host it returns to, and its name as its own choice', async () => {
    const peers = hosted()
    await peers.connect()
    const page = await peers.browser.open(accountUrl)
    expect(page.body).toContain('<span class="host">app.example</span>')
    expect(page.text).toContain('It calls itself “ claude.ai ”.')
  })

  it('AS-44 asks again after a withdrawal, even where that was not to happen', async () => {
    const peers = hosted({ rememberConsentSeconds: 3600 })
    expect(await peers.connect()).toContain('Allow')
    expect(await peers.connect()).toBe('')
    const page = await peers.browser.open(accountUrl)
    await page.submit({}, { form: 0 })
    expect(await peers.connect()).toContain('Allow')
  })

  it('leaves out what the operator has cut off', async () => {
    const peers = await allowed()
    expect(await peers.grants()).toHaveLength(1)
    const { server } = peers.gateway.originFor(new URL(publicUrl).host) ?? {}
    await server?.revokeAccess({ clientId: peers.connection.client.clientId })
    expect(await peers.grants()).toEqual([])
  })

  it('ends the access of a client: its next call is refused, and so is its refresh token', async () => {
    const peers = await allowed()
    const before = await peers.connection.call('tools/list')
    expect(before.status).toBe(200)
    const page = await peers.browser.open(accountUrl)
    const after = await page.submit({}, { button: 'Withdraw access' })
    expect(after.hops.map(({ status }) => status)).toEqual([303, 200])
    expect(after.text).toContain('You have not allowed any app.')
    expect((await peers.connection.call('tools/list')).status).toBe(401)
    expect(await refreshOf(peers)).toMatchObject({ error: 'invalid_grant' })
  })

  it('leaves the other apps alone', async () => {
    const peers = await allowed()
    const notes = await peers.client.connect(notesUrl)
    const newest = (await peers.grants()).find(({ resource }) => resource.url === notesUrl)
    const page = await peers.browser.open(accountUrl)
    await page.submit({}, { form: `revoke-${newest?.id ?? ''}` })
    expect((await notes.call('tools/list')).status).toBe(401)
    expect((await peers.connection.call('tools/list')).status).toBe(200)
  })

  it('refuses the grant of another user, and ends nothing', async () => {
    const peers = await allowed()
    const [grant] = await peers.grants()
    peers.browser.clearCookies()
    peers.idp.signInAs({ sub: 'eve', email: 'eve@example.com', email_verified: true, name: 'Eve' })
    await peers.client.connect(demoUrl)
    const page = await peers.browser.open(accountUrl)
    expect(page.text).toContain('Eve')
    expect(page.body).not.toContain(grant?.id)
    const fields = Object.fromEntries(page.forms[0]?.fields.map(({ name, value }) => [name, value]) ?? [])
    const form = { csrf: String(fields['csrf']), do: 'revoke', id: grant?.id ?? '' }
    const refused = await peers.browser.post(accountUrl, form, { from: accountUrl })
    expect(refused.status).toBe(404)
    expect(refused.text).toContain('This is not in your account')
    expect((await peers.connection.call('tools/list')).status).toBe(200)

    const own = await peers.browser.post(
      accountUrl,
      { ...form, id: String(fields['id']) },
      { from: accountUrl },
    )
    expect(own.url).toBe(accountUrl)
    expect(own.text).toContain('You have not allowed any app.')
  })

  it.each([
    ['by another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, true],
    ['without the token of the form', { 'sec-fetch-site': 'same-origin', origin: publicUrl }, false],
  ])('G01 refuses a form that is posted %s', async (_how, headers, withToken) => {
    const peers = await allowed()
    const page = await peers.browser.open(accountUrl)
    const fields = page.forms[0]?.fields.map(({ name, value }) => [name, String(value)]) ?? []
    const body = new URLSearchParams([...fields, ['do', 'revoke']])
    if (!withToken) body.delete('csrf')
    const post = (more: Readonly<Record<string, string>>, text: string) =>
      peers.request(accountUrl, {
        method: 'POST',
        headers: { ...more, cookie: peers.cookie(), 'content-type': 'application/x-www-form-urlencoded' },
        body: text,
      })
    expect((await post(headers, body.toString())).status).toBe(403)
    expect(await peers.grants()).toHaveLength(1)

    const whole = new URLSearchParams([...fields, ['do', 'revoke']]).toString()
    expect((await post({ 'sec-fetch-site': 'same-origin', origin: publicUrl }, whole)).status).toBe(303)
    expect(await peers.grants()).toEqual([])
  })

  it.each([
    ['de', 'Apps, die Sie erlaubt haben', /Seit 15\. Jan\. 2027, 08:00 UTC/],
    ['es', 'Aplicaciones que ha permitido', /Desde 15 ene 2027, 08:00 UTC/],
    ['fr', 'Applications que vous avez autorisées', /Depuis 15 janv\. 2027, 08:00 UTC/],
    ['ja', '許可したアプリ', /開始 2027年1月15日 08:00 UTC/],
  ])('speaks %s', async (language, words, since) => {
    const peers = await allowed()
    const headers = { cookie: peers.cookie(), 'accept-language': language }
    const body = await (await peers.request(accountUrl, { headers })).text()
    const text = body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
    expect(text).toContain(words)
    expect(text).toMatch(since)
  })

  it('is a page also when the storage is away', async () => {
    const storage = memoryStorage({ now: () => 1_800_000_000 })
    let isAway = false
    const list: typeof storage.list = (group) =>
      isAway ? Promise.reject(new StorageUnavailableError('the database is away')) : storage.list(group)
    const peers = await allowed({ storage: { ...storage, list } })
    isAway = true
    const page = await peers.browser.open(accountUrl)
    expect(page.status).toBe(503)
    expect(page.text).toContain('Not available at the moment')
    expect((await peers.api('grants')).status).toBe(503)
  })

  it('answers other methods by naming those it has', async () => {
    const response = await testGateway().request(accountUrl, { method: 'PUT' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST'])
  })
})

describe('R150 the accounts at upstreams', () => {
  const connections = [linear, keyed, shared]

  it('are connected, connected again and disconnected from the page; AS-83 their tokens are revoked', async () => {
    const peers = await allowed({ connections })
    const page = await peers.browser.open(accountUrl)
    expect(page.text).toContain('Linear Not connected')
    const back = await (await page.follow('Connect Linear')).submit({}, { button: /Continue to Linear/ })
    expect(back.url).toBe(accountUrl)
    expect(back.text).toMatch(/Linear Connected/)

    const again = await (await back.follow('Connect again')).submit({}, { button: /Continue to Linear/ })
    expect(again.url).toBe(accountUrl)
    const after = await again.submit({}, { form: 'disconnect-linear' })
    expect(after.text).toContain('Linear Not connected')
    expect(peers.upstream.refreshTokens).toHaveLength(2)
    expect(peers.upstream.revoked).toContain(peers.upstream.refreshTokens[1])
  })

  it('R132 that all users share are shown, and nobody ends them here', async () => {
    const peers = await allowed({ connections })
    const page = await peers.browser.open(accountUrl)
    expect(page.text).toContain('Shared by everybody')
    expect(page.links.map(({ text }) => text)).not.toContain('Connect Team')
    const response = await peers.api('connections/team', {
      method: 'DELETE',
      headers: { 'x-requested-with': 'a' },
    })
    expect(response.status).toBe(404)
  })
})

describe('the account API', () => {
  const own = { 'x-requested-with': 'fetch', 'sec-fetch-site': 'same-origin' }

  it('AS-82 lists and ends grants', async () => {
    const peers = await allowed()
    const [grant] = await peers.grants()
    expect(grant).toMatchObject({
      client: { id: peers.connection.client.clientId, name: 'Scripted client', configured: false },
      resource: { url: demoUrl, name: 'Demo' },
      createdAt: 1_800_000_000,
      usedAt: 1_800_000_000,
    })
    const gone = await peers.api(`grants/${grant?.id ?? ''}`, { method: 'DELETE', headers: own })
    expect(gone.status).toBe(204)
    expect(await peers.grants()).toEqual([])
    expect((await peers.connection.call('tools/list')).status).toBe(401)
    const again = await peers.api(`grants/${grant?.id ?? ''}`, { method: 'DELETE', headers: own })
    expect(again.status).toBe(404)
  })

  it('R150 lists and ends connections', async () => {
    const peers = await allowed({ connections: [keyed] })
    const page = await peers.browser.open(accountUrl)
    await (await page.follow('Connect Notes')).submit({ api_key: 'key-1' })
    const status = async () => (await (await peers.api('connections')).json()) as unknown
    expect(await status()).toMatchObject({ connections: [{ id: 'keyed', status: 'connected' }] })
    const response = await peers.api('connections/keyed', { method: 'DELETE', headers: own })
    expect(response.status).toBe(204)
    expect(await status()).toMatchObject({ connections: [{ id: 'keyed', status: 'not_connected' }] })
  })

  it.each([
    ['another site sent', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['another origin of the site sent', { ...own, 'sec-fetch-site': 'same-site' }],
    ['names another origin', { 'x-requested-with': 'fetch', origin: 'https://evil.example' }],
    ['lacks the header', { 'sec-fetch-site': 'same-origin' }],
  ])('G01 ends nothing for a request that %s', async (_what, headers) => {
    const peers = await allowed()
    const [grant] = await peers.grants()
    const response = await peers.api(`grants/${grant?.id ?? ''}`, { method: 'DELETE', headers })
    expect(response.status).toBe(403)
    expect(await peers.grants()).toHaveLength(1)
  })

  it('lets no other site read, and tells nobody anything without a sign-in', async () => {
    const peers = await allowed()
    const response = await peers.api('grants')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect((await peers.request(`${accountUrl}/api/grants`)).status).toBe(401)
    const bearer = { authorization: `Bearer ${peers.connection.tokens.accessToken}` }
    expect((await peers.request(`${accountUrl}/api/grants`, { headers: bearer })).status).toBe(401)
    expect((await peers.api('others')).status).toBe(404)
    expect((await peers.api('grants', { method: 'POST' })).headers.get('allow')).toBe('GET')
  })
})
