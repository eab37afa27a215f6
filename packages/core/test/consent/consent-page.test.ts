import { describe, expect, it } from 'vitest'

import { demoUrl, hostedUri, notesUrl, signInFlow, type Flow, type FlowOptions } from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

async function askedBy(metadata: Record<string, unknown>, redirectUri: string, options: FlowOptions = {}) {
  const flow = signInFlow(options)
  const clientId = await flow.register({ redirect_uris: [redirectUri], ...metadata })
  const request = await flow.request({ redirect_uri: redirectUri }, { clientId })
  return { flow, page: await flow.browser.open(request.url) }
}

describe('SEC-02 the consent page', () => {
  it('names the host that gets the answer before the name the client gave itself', async () => {
    const { page } = await askedBy({ client_name: 'Claude' }, hostedUri)
    expect(page.text).toContain('client.example wants to use Demo')
    expect(page.body).toContain(
      'It calls itself “<bdi>Claude</bdi>”. Anyone can choose a name: go by the address above.',
    )
    expect(page.text).toContain(`Returns to client.example ${hostedUri}`)
    expect(page.body.indexOf('client.example')).toBeLessThan(page.body.indexOf('Claude'))
  })

  it('CIMD-18 names the host of the client id for a client with a document', async () => {
    const clientId = 'https://maker.example/client.json'
    const document = {
      client_id: clientId,
      client_name: 'Tool',
      redirect_uris: ['http://localhost/callback'],
    }
    const flow = signInFlow({ others: { 'https://maker.example': () => Response.json(document) } })
    const request = await flow.request({ redirect_uri: 'http://localhost:4711/callback' }, { clientId })
    const page = await flow.browser.open(request.url)
    expect(page.text).toContain('maker.example wants to use Demo')
    expect(page.text).toContain('This computer (localhost:4711)')
    // CIMD-19: the document proves who published it, not who listens on this machine.
    expect(page.text).toContain('Any program running on this computer can pose as this app.')
  })

  it.each<['warn' | 'allow', boolean]>([
    ['warn', true],
    ['allow', false],
  ])(
    'CIMD-23 warns of a client whose host the operator wants users to look at: %s',
    async (trust, warned) => {
      const clientId = 'https://maker.example/client.json'
      const document = { client_id: clientId, client_name: 'Tool', redirect_uris: [hostedUri] }
      const flow = signInFlow({
        others: { 'https://maker.example': () => Response.json(document) },
        server: { registration: { documentPolicy: { hosts: { 'maker.example': trust } } } },
      })
      const request = await flow.request({ redirect_uri: hostedUri }, { clientId })
      const page = await flow.browser.open(request.url)
      expect(page.text).toContain('maker.example wants to use Demo')
      expect(page.text.includes('Your administrator has not checked this app.')).toBe(warned)
    },
  )

  it.each(['http://127.0.0.1:1/callback', 'http://localhost/callback', 'http://[::1]:99/callback'])(
    'CIMD-19 DEC-01 warns of other programs on this computer: %s',
    async (uri) => {
      const { page } = await askedBy({ client_name: 'Tool' }, uri, { redirectUri: uri })
      expect(page.text).toContain('An app on this computer wants to use Demo')
      expect(page.text).toContain('Any program running on this computer can pose as this app.')
      expect(page.body).toContain('It calls itself “<bdi>Tool</bdi>”. Anyone can choose a name.')
    },
  )

  it('CIMD-19 DEC-01 warns of other apps that claim a private scheme', async () => {
    const uri = 'cursor://anysphere.cursor-mcp/oauth/callback'
    const { page } = await askedBy({ client_name: 'Cursor' }, uri)
    expect(page.text).toContain('An app on this device wants to use Demo')
    expect(page.text).toContain('whichever app on this device has claimed “cursor:” addresses')
    expect(page.text).toContain(`The app for “cursor:” addresses ${uri}`)
  })

  it('warns of nothing for an https client', async () => {
    const { page } = await askedBy({}, hostedUri)
    expect(page.text).not.toContain('can pose as')
    expect(page.body).not.toContain('class="notice"')
  })

  it('goes by the name that the operator gave', async () => {
    const clients = [{ clientId: 'ours', name: 'Our app', redirectUris: [hostedUri] }]
    const flow = signInFlow({ server: { clients } })
    const request = await flow.request({ redirect_uri: hostedUri }, { clientId: 'ours' })
    const page = await flow.browser.open(request.url)
    expect(page.text).toContain('Our app wants to use Demo')
    expect(page.text).not.toContain('calls itself')
  })

  it('says in words what is asked for, where, and who is signed in', async () => {
    const flow = signInFlow()
    const request = await flow.request(
      { scope: 'notes:write notes:read offline_access' },
      { resource: notesUrl },
    )
    const page = await flow.browser.open(request.url)
    expect(page.text).toContain(`Access to Notes ${notesUrl}`)
    expect(page.text).toContain('It will be able to Read your notes. Write notes for you. Stay connected')
    expect(page.text).toContain('Signed in as Ada Lovelace · ada@example.com')
  })

  it.each([
    ['markup', '<script>alert(1)</script>', '<script'],
    ['an attribute', '" onmouseover="alert(1)', '" onmouseover'],
    ['a change of direction', 'gro.live\u202E moc.doog', '\u202E'],
    ['an isolate', 'a\u2066b\u2069', '\u2066'],
    ['invisible characters', 'Cla\u200Bude\uFEFF', '\u200B'],
    ['control characters', 'a\u0007b\u0000', '\u0007'],
    ['a length without end', 'x'.repeat(5000), 'x'.repeat(101)],
  ])('A07 E06 DCR-13 shows a client name with %s as harmless text', async (_, name, bad) => {
    const flow = signInFlow()
    const clientId = await flow.register()
    // Past whatever registration refuses.
    const { storage } = flow.server.context
    const stored = await storage.get(['client', clientId])
    await storage.set(['client', clientId], { value: { ...(stored?.value as object), name } })
    const page = await flow.browser.open((await flow.request({}, { clientId })).url)
    expect(page.text).toContain('wants to use Demo')
    expect(page.body).not.toContain(bad)
  })

  it('CIMD-20 shows no logo of a client, and loads nothing at all', async () => {
    const { page } = await askedBy({ logo_uri: 'https://evil.example/logo.png' }, hostedUri)
    expect(page.body).not.toMatch(/<img|src=|evil\.example|<script|<link|<iframe/)
  })

  it('has forms that work without scripts and without form-action, and labels', async () => {
    const { page } = await askedBy({}, hostedUri)
    expect(page.body).not.toContain('<script')
    expect(page.headers.get('content-security-policy')).not.toContain('form-action')
    expect(page.forms.map(({ method, action }) => [method, action])).toEqual([
      ['POST', `${publicUrl}/oauth/setup`],
      ['POST', `${publicUrl}/oauth/setup`],
    ])
    expect(page.forms.flatMap(({ buttons }) => buttons.map(({ label }) => label))).toEqual([
      'Not you?',
      'Cancel',
      'Allow',
    ])
  })
})

describe('upstream accounts', () => {
  const github = {
    id: 'gh',
    displayName: 'GitHub',
    summary: 'Repositories',
    connectUrl: '/auth/connections/gh/connect',
  }

  function needing(connected: () => boolean): FlowOptions {
    return { server: { requirements: () => Promise.resolve([{ ...github, connected: connected() }]) } }
  }

  it('R062 R063 are named with a link that comes back, and nothing is allowed before', async () => {
    let connected = false
    const { flow, page } = await askedBy(
      {},
      hostedUri,
      needing(() => connected),
    )
    expect(page.text).toContain('GitHub Repositories Connect GitHub')
    const [link] = page.links
    const url = new URL(link?.href ?? '')
    expect(url.origin + url.pathname).toBe(`${publicUrl}/auth/connections/gh/connect`)
    const back = new URL(url.searchParams.get('return_to') ?? '', publicUrl)
    expect(back.href).toBe(page.url)
    // A disabled button is none to the scripted browser.
    const labels = page.forms.flatMap(({ buttons }) => buttons.map(({ label }) => label))
    expect(labels).toEqual(['Not you?', 'Cancel'])

    connected = true
    const after = await flow.browser.open(back)
    expect(after.text).toContain('GitHub Repositories Connected')
    const callback = await after.submit({}, { button: 'Allow' })
    expect(callback.parameters.has('code')).toBe(true)
  })

  it('that are missing keep a form from being approved, however it was made', async () => {
    let connected = true
    const { page } = await askedBy(
      {},
      hostedUri,
      needing(() => connected),
    )
    connected = false
    const again = await page.submit({}, { button: 'Allow' })
    expect(again.stopped).toBe(false)
    expect(again.text).toContain('Connect the missing accounts')
  })
})

describe('"Not you?"', () => {
  it('lets the user sign in as somebody else, whom the page then names', async () => {
    const { flow, page } = await askedBy({}, hostedUri)
    flow.idp.signInAs({ sub: 'bob', name: 'Bob' })
    const other = await page.submit({}, { button: 'Not you?' })
    expect(
      flow.idp.requests.findLast(({ endpoint }) => endpoint === 'authorization')?.parameters.get('prompt'),
    ).toBe('select_account')
    expect(other.text).toContain('Signed in as Bob')
    const callback = await other.submit({}, { button: 'Allow' })
    expect(callback.parameters.has('code')).toBe(true)
    const approved = flow.events.find(({ name }) => name === 'consent.approved')
    const [, bob] = flow.events.filter(({ name }) => name === 'login.succeeded')
    expect(approved?.subject).toBe(bob?.subject)
  })
})

describe('IDP-01 SEC-01 R064 a session', () => {
  const logins = (flow: Flow) => flow.idp.requests.filter(({ endpoint }) => endpoint === 'token').length

  it('spares the login, never the question: E01 another client is asked about again', async () => {
    const flow = signInFlow()
    await (await flow.browser.open((await flow.request()).url)).submit({}, { button: 'Allow' })
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.text).toContain('wants to use Demo')
    expect(logins(flow)).toBe(1)
  })

  it('is asked for again by the same client as well', async () => {
    const flow = signInFlow()
    const clientId = await flow.register()
    await (
      await flow.browser.open((await flow.request({}, { clientId })).url)
    ).submit({}, { button: 'Allow' })
    const page = await flow.browser.open((await flow.request({}, { clientId })).url)
    expect(page.text).toContain('wants to use Demo')
  })

  it.each([
    ['the shorter of the two times, here that of the provider', 600, 3600, 600],
    ['the shorter of the two times, here that of the server', 3600, 600, 600],
    ['the time of the provider, however long, where the server has none', 86_400, undefined, 86_400],
    ['the time of the server, however long, where the provider has none', undefined, 86_400, 86_400],
    ['eight hours, where neither has one', undefined, undefined, 28_800],
  ])('R052 ends after %s', async (_, provider, server, expected) => {
    const flow = signInFlow({
      provider: { settings: { sessionTtlSeconds: provider } },
      server: { sessionTtlSeconds: server },
    })
    await flow.browser.open((await flow.request()).url)
    flow.clock.advance(expected - 1)
    await flow.browser.open((await flow.request()).url)
    expect(logins(flow)).toBe(1)
    flow.clock.advance(1)
    await flow.browser.open((await flow.request()).url)
    expect(logins(flow)).toBe(2)
  })

  it('IDP-12 is not enough when the client wants a newer sign-in', async () => {
    const flow = signInFlow()
    await flow.browser.open((await flow.request()).url)
    flow.clock.advance(600)
    await flow.browser.open((await flow.request({ max_age: '600' })).url)
    expect(logins(flow)).toBe(1)
    flow.clock.advance(1)
    await flow.browser.open((await flow.request({ max_age: '600' })).url)
    expect(logins(flow)).toBe(2)
    const page = await flow.browser.open((await flow.request({ prompt: 'login' })).url)
    expect(page.text).toContain('wants to use Demo')
    expect(logins(flow)).toBe(3)
  })

  it('is kept under a hash: the storage never holds what the browser has', async () => {
    const flow = signInFlow()
    const page = await flow.browser.open((await flow.request()).url)
    const { subject = '' } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
    const stored = JSON.stringify(await flow.server.context.storage.list(`sessions:${subject}`))
    for (const { value } of flow.browser.cookies(publicUrl)) expect(stored).not.toContain(value)
    expect(page.url).not.toContain(flow.browser.cookies(publicUrl)[0]?.value ?? 'none')
  })
})

describe('an attempt', () => {
  it('expires with its transaction', async () => {
    const flow = signInFlow({ server: { transactionTtlSeconds: 600, sessionTtlSeconds: 3600 } })
    const page = await flow.browser.open((await flow.request()).url)
    flow.clock.advance(599)
    expect((await flow.browser.open(page.url)).text).toContain('wants to use Demo')
    flow.clock.advance(1)
    const late = await page.submit({}, { button: 'Allow' })
    expect(late.status).toBe(400)
    expect(late.stopped).toBe(false)
  })

  it('is refused when its resource was removed meanwhile', async () => {
    const storage = signInFlow().server.context.storage
    const flow = signInFlow({ storage: () => storage })
    const page = await flow.browser.open((await flow.request()).url)
    const cookie = flow.browser
      .cookies(publicUrl)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const smaller = signInFlow({
      storage: () => storage,
      server: { resources: [{ path: '/mcp/notes', name: 'Notes' }] },
    })
    const response = await smaller.server.fetch(new Request(page.url, { headers: { cookie } }))
    expect(response.status).toBe(404)
    expect(demoUrl).toContain('/mcp/demo')
  })

  it('names its trace on every page, and every event of it has the same', async () => {
    const flow = signInFlow()
    const page = await flow.browser.open((await flow.request()).url)
    await page.submit({}, { button: 'Allow' })
    const traces = new Set(
      flow.events.filter(({ name }) => name !== 'client.registered').map(({ traceId }) => traceId),
    )
    expect(traces.size).toBe(1)
    const [trace = 'none'] = traces
    expect(page.text).toContain(`Reference ${trace}`)
    expect(flow.events.map(({ name }) => name)).toEqual([
      'client.registered',
      'authorization.started',
      'login.started',
      'login.succeeded',
      'consent.asked',
      'consent.approved',
    ])
  })
})
