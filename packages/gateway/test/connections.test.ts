import type { AuditEvent } from '@portico/core'
import { memoryStorage } from '@portico/storage'
import { answerPage, createScriptedBrowser, createScriptedUpstream, type Page } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import type { GatewayOptions } from '../src/index.ts'
import { lineOf, recordingObserver } from './observe/recording-observer.ts'
import { demoUrl, publicUrl, testGateway } from './test-gateway.ts'
import { linear } from './upstream-account.ts'

const routes: GatewayOptions['routes'] = [
  { path: '/mcp/demo', id: 'demo', upstream: { url: linear.url, connection: 'linear' } },
]

function connected(options: Partial<GatewayOptions> = {}) {
  const { servers, accessTokens } = createScriptedUpstream()
  return { ...testGateway({ routes, connections: [linear], ...options }, { others: servers }), accessTokens }
}

/** Opens the consent page of a client. */
async function consentPage(peers: ReturnType<typeof testGateway>) {
  const { client, browser } = peers
  const challenge = await client.challenge(demoUrl)
  const resource = await client.protectedResource(demoUrl, challenge)
  const server = await client.authorizationServer(resource.authorization_servers?.[0] ?? '')
  const identity = await client.register(server)
  const request = await client.steps.authorizationRequest(server, identity, { resource: demoUrl })
  let page = await browser.open(request.url)
  while (!page.url.includes('/oauth/setup')) page = await answerPage(page, {})
  return page
}

describe('an upstream that every user connects', () => {
  it('R062 R063 R065 is connected from the consent page, and only then can be allowed', async () => {
    const peers = connected()
    const consent = await consentPage(peers)
    expect(consent.text).toContain('Connect Linear')
    expect(consent.text).toContain('Connect the missing accounts')

    const page = await consent.follow(/Connect Linear/)
    expect(page.text).toMatch(/Signed in as/)
    const back = await page.submit({}, { button: /Continue to Linear/ })
    expect(back.url).toContain('/oauth/setup')
    expect(back.text).not.toContain('Connect the missing accounts')
    expect((await back.submit({}, { button: 'Allow' })).stopped).toBe(true)
  })

  it('UP-09 sends the user’s own upstream token, and nothing of the client', async () => {
    const peers = connected()
    const consent = await consentPage(peers)
    await (await consent.follow(/Connect Linear/)).submit({}, { button: /Continue/ })
    const connection = await peers.client.connect(demoUrl)
    await connection.call('tools/list')
    const [token] = peers.accessTokens
    expect(token).toBeDefined()
    expect(peers.upstreamRequests[0]?.headers.get('authorization')).toBe(`Bearer ${token}`)
  })

  it('is watched as what it is, without a path or a parameter of its servers', async () => {
    const { observer, operations } = recordingObserver()
    const peers = connected({ observer })
    const consent = await consentPage(peers)
    await (await consent.follow(/Connect Linear/)).submit({}, { button: /Continue/ })
    const lines = operations.filter(({ operation }) => operation.kind === 'fetch').map(lineOf)
    expect(lines.filter((line) => line.includes(' connection '))).toEqual(
      expect.arrayContaining([
        'GET connection https://as.upstream.example 200',
        'POST connection https://as.upstream.example 200',
      ]),
    )
    const routesOfPages = operations.flatMap(({ operation }) =>
      operation.kind === 'request' && operation.route?.includes('connections') ? [operation.route] : [],
    )
    expect(new Set(routesOfPages)).toEqual(
      new Set(['/auth/connections/{connection}/connect', '/auth/connections/{connection}/callback']),
    )
  })

  it('UP-10 is asked for by a tool call once it is gone, on a page of our own', async () => {
    const peers = connected()
    const consent = await consentPage(peers)
    await (await consent.follow(/Connect Linear/)).submit({}, { button: /Continue/ })
    const connection = await peers.client.connect(demoUrl)
    const vault = peers.gateway.originFor(new URL(publicUrl).host)?.connections
    const { existed } = (await vault?.disconnect('linear', subjectOf(connection.tokens.accessToken))) ?? {}
    expect(existed).toBe(true)

    const { result } = await connection.call('tools/call', { name: 'echo', arguments: {} })
    expect(JSON.stringify(result)).toContain(`${publicUrl}/auth/connections/linear/connect?ticket=`)
    expect(peers.upstreamRequests).toEqual([])
  })

  it('records who sets out to connect what, and where from, once the form is posted', async () => {
    const events: AuditEvent[] = []
    const peers = connected({ onEvent: (event) => events.push(event) })
    const started = () =>
      events
        .filter(({ name }) => name.startsWith('connection.'))
        .map(({ name, subject, requestId, detail }) => ({
          name,
          subject,
          hasId: requestId !== undefined,
          detail,
        }))
    const consent = await consentPage(peers)
    const page = await consent.follow(/Connect Linear/)
    expect(started()).toEqual([])
    await page.submit({}, { button: /Continue/ })
    const subject = events.find(({ name }) => name === 'login.succeeded')?.subject
    expect(subject).toBeDefined()
    const ofUser = { subject, hasId: true }
    expect(started()).toEqual([
      { name: 'connection.started', ...ofUser, detail: { upstream: 'linear', from: 'consent' } },
      { name: 'connection.established', ...ofUser, detail: { upstream: 'linear' } },
    ])
    const connect = `${publicUrl}/auth/connections/linear/connect`
    for (const [query, from] of [
      ['', 'link'],
      ['?return_to=%2Faccount', 'account'],
    ]) {
      await (await peers.browser.open(connect + query)).submit({}, { button: /Continue/ })
      expect(started().at(-2)).toMatchObject({ name: 'connection.started', detail: { from } })
    }
  })

  it('E03, AS-44 is no way for another site to begin what was allowed for good', async () => {
    const peers = connected({ rememberConsentSeconds: 86_400 })
    const { browser, client } = peers
    const server = await client.authorizationServer(demoUrl)
    const registered = await peers.request(`${publicUrl}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['http://127.0.0.1:33418/callback'] }),
    })
    const { client_id: clientId } = (await registered.json()) as { client_id: string }
    const attempt = async () =>
      (await client.steps.authorizationRequest(server, { clientId }, { resource: demoUrl })).url
    let page = await browser.open(await attempt())
    while (!page.url.includes('/oauth/setup')) page = await answerPage(page, {})
    page = await (await page.follow(/Connect Linear/)).submit({}, { button: /Continue/ })
    await page.submit({ remember: true }, { button: 'Allow' })
    expect((await browser.open(await attempt())).parameters.has('code')).toBe(true)

    const { pathname, search } = new URL(await attempt())
    const led = { from: 'https://evil.example/' }
    const linkTo = (path: string) =>
      `${publicUrl}/auth/connections/linear/connect?return_to=${encodeURIComponent(path)}`
    expect((await browser.open(linkTo(pathname + search), led)).links).toEqual([])
    // The same page, with a way back to a page of ours.
    expect((await browser.open(linkTo('/account'), led)).links).toHaveLength(1)
  })

  const appUrl = 'https://app.example/settings?tab=accounts'

  /** Connects an account from a link that names where to go afterwards. */
  async function connectFrom(returnTo: string, returnOrigins: readonly string[] = ['https://app.example']) {
    const { servers } = createScriptedUpstream()
    const app = () => new Response('<h1>Settings</h1>', { headers: { 'content-type': 'text/html' } })
    const own = { routes, connections: [linear], returnOrigins }
    const others = { ...servers, 'https://app.example': () => Promise.resolve(app()) }
    const { browser } = testGateway(own, { others })
    const query = new URLSearchParams({ return_to: returnTo }).toString()
    const page = await browser.open(`${publicUrl}/auth/connections/linear/connect?${query}`)
    return { page, after: await page.submit({}, { button: /Continue/ }) }
  }

  it('sends the browser back to an application of the operator, and tells it what became of the connection', async () => {
    const { page, after } = await connectFrom(appUrl)
    expect(page.links).toContainEqual(expect.objectContaining({ href: appUrl }))
    expect(after.url).toBe(`${appUrl}&connection=linear&outcome=connected`)
  })

  it.each<[string, string, string[]?]>([
    ['nobody named', 'https://evil.example/'],
    ['nobody named, in any case', appUrl, []],
    ['that has the name in it', 'https://app.example.evil.example/'],
    ['that is on another port', 'https://app.example:8443/'],
    ['with a name and a password', 'https://app.example@evil.example/'],
    ['with a password for it', 'https://user:pass@app.example/'],
    ['that is no web page', 'javascript:alert(1)'],
    ['that is ours', `${publicUrl}/oauth/authorize?client_id=x`, [publicUrl]],
  ])('SEC-17 sends the browser to no address %s', async (_, address, returnOrigins) => {
    const { page, after } = await connectFrom(address, returnOrigins)
    expect(page.links).toEqual([])
    expect(new URL(after.url).origin).toBe(publicUrl)
    expect(after.text).toContain('Linear')
  })

  it('UP-11 G01 refuses a link that was made for another user', async () => {
    const peers = connected()
    await consentPage(peers)
    const page = await peers.browser.open(
      `${publicUrl}/auth/connections/linear/connect?ticket=of-somebody-else`,
    )
    expect(page.status).toBe(403)
    expect(page.text).toContain('This link was made for somebody else')
  })

  it.each(['?x=%5C', '?x=\\', '?x=|^`{}', '?ticket=\\'])(
    'lets a stranger sign in at its page, with %j behind the address',
    async (query) => {
      const { request } = connected()
      const response = await request(`${publicUrl}/auth/connections/linear/connect${query}`)
      expect([response.status, response.headers.get('location')]).toEqual([
        303,
        expect.stringContaining('https://acme.example/auth?'),
      ])
    },
  )

  it('G01 refuses an answer that arrives without, or after, the attempt it belongs to', async () => {
    const peers = connected()
    await consentPage(peers)
    const page = await peers.browser.open(`${publicUrl}/auth/connections/linear/callback?code=x&state=y`)
    expect(page.status).toBe(400)
    expect(page.text).toContain('This connection attempt is over')
  })

  it.each([
    ['by another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['without the token of the form', { 'sec-fetch-site': 'same-origin', origin: publicUrl }],
  ])('G01 refuses a connect form that is posted %s', async (_how, headers) => {
    const peers = connected()
    await consentPage(peers)
    const cookie = peers.browser
      .cookies(publicUrl)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const response = await peers.request(`${publicUrl}/auth/connections/linear/connect`, {
      method: 'POST',
      headers: { ...headers, cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'csrf=x',
    })
    expect(response.status).toBe(403)
    expect(response.headers.get('location')).toBeNull()
  })

  it('R138 publishes the client metadata document of the connection', async () => {
    const { request } = connected()
    const url = `${publicUrl}/.well-known/oauth-client/linear`
    const response = await request(url)
    expect(await response.json()).toMatchObject({
      client_id: url,
      redirect_uris: [`${publicUrl}/auth/connections/linear/callback`],
    })
    expect((await request(`${publicUrl}/.well-known/oauth-client/other`)).status).toBe(404)
  })
})

describe('an upstream that an administrator connects for all', () => {
  const shared = { ...linear, authMode: 'shared-oauth' as const, adminGroups: ['admins'] }

  it('R132 does not stand in the way of consent, and refuses everybody else', async () => {
    const peers = connected({ connections: [shared] })
    const consent = await consentPage(peers)
    expect(consent.text).not.toContain('Connect Linear')
    const page = await peers.browser.open(`${publicUrl}/auth/connections/linear/connect`)
    expect(page.status).toBe(403)
    expect(page.text).toContain('Only an administrator can do this')
  })

  it.each([
    ['still is one', ['admins'], 200],
    ['is none any more', [], 403],
  ])('R132 is connected by an administrator, who %s on the way back', async (_, groups, status) => {
    const storage = memoryStorage({ now: () => 1_800_000_000 })
    const peers = connected({ connections: [shared], storage })
    const browser = createScriptedBrowser({
      fetch: peers.fetch,
      clock: peers.clock,
      stopAt: ['https://as.upstream.example/'],
    })
    const connect = `${publicUrl}/auth/connections/linear/connect`
    const setGroups = async (given: readonly string[]) => {
      const { accounts } = (await server?.listAccounts({ limit: 1 })) ?? {}
      const { subject } = accounts?.[0] ?? { subject: '' }
      const account = await storage.get(['account', subject])
      await storage.set(['account', subject], {
        value: { ...(account?.value as object), groups: [...given] },
        group: account?.group,
      })
    }
    const server = peers.gateway.originFor(new URL(publicUrl).host)?.server
    let page = await browser.open(connect)
    while (!page.url.startsWith(publicUrl)) page = await answerPage(page, {})
    await setGroups(['admins'])
    const left = await (await browser.open(connect)).submit({}, { button: /Continue/ })
    const answer = await peers.fetch(new Request(left.url, { redirect: 'manual' }))
    await setGroups(groups)
    const back = await browser.open(answer.headers.get('location') ?? '')
    expect(back.status).toBe(status)
    expect(peers.accessTokens).toHaveLength(status === 200 ? 1 : 0)
  })
})

describe('an upstream with a key of each user', () => {
  const keyed = { ...linear, authMode: 'user-api-key', apiKey: { header: 'X-Api-Key', prefix: '' } } as const

  it('R136 takes the key on a page and sends it', async () => {
    const peers = connected({ connections: [keyed] })
    const page = await (await consentPage(peers)).follow(/Connect Linear/)
    const refused = await page.submit({ api_key: 'two words' })
    expect(refused.text).toContain('This key cannot be used')
    await refused.submit({ api_key: 'key-1' })
    const connection = await peers.client.connect(demoUrl)
    await connection.call('tools/list')
    expect(peers.upstreamRequests[0]?.headers.get('x-api-key')).toBe('key-1')
  })

  it.each([
    ['a key of their own', { connection: 'linear' }, 200],
    ['a key of all', { headers: { 'X-Api-Key': 'key-1' } }, 400],
  ])('TL-08 lets users resume a stream outside of a session by %s alone', async (_, credential, status) => {
    const seen: (string | null)[] = []
    const peers = connected({
      connections: [keyed],
      routes: [
        { path: '/mcp/demo', id: 'demo', upstream: { url: linear.url, era: 'legacy', ...credential } },
      ],
      upstreamFetch(_url, { headers }) {
        const sent = new Headers(headers)
        seen.push(sent.get('x-api-key'), sent.get('last-event-id'))
        const answer = new Response(': resumed\n\n', { headers: { 'content-type': 'text/event-stream' } })
        return Promise.resolve(answer)
      },
    })
    const page = await peers.browser.open(`${publicUrl}/auth/connections/linear/connect`)
    await (await signedIn(page)).submit({ api_key: 'key-1' })
    const { tokens } = await peers.client.connect(demoUrl)
    const headers = { authorization: `Bearer ${tokens.accessToken}`, accept: 'text/event-stream' }
    const response = await peers.request(demoUrl, { headers: { ...headers, 'last-event-id': '7' } })
    expect(response.status).toBe(status)
    expect(seen).toEqual(status === 200 ? ['key-1', '7'] : [])
  })
})

async function signedIn(page: Page): Promise<Page> {
  return page.url.startsWith(publicUrl) ? page : signedIn(await answerPage(page, {}))
}

function subjectOf(token: string): string {
  const [, payload = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly sub: string }
  return claims.sub
}
