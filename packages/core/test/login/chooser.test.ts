import { describe, expect, it } from 'vitest'

import {
  hostedUri,
  loopbackUri,
  providerFor,
  signInFlow,
  type Flow,
  type FlowOptions,
} from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

const three: FlowOptions = {
  providers: (idp) => [
    providerFor(idp, { id: 'staff', name: 'Staff', signIn: { emailDomains: ['acme.example'] } }),
    providerFor(idp, { id: 'guests', name: 'Guests <b>' }),
    providerFor(idp, { id: 'partners', name: 'Partners', signIn: { emailDomains: ['Partner.example'] } }),
  ],
  server: {
    resources: [
      { path: '/mcp/demo', name: 'Demo' },
      { path: '/mcp/notes', name: 'Notes', providers: ['staff', 'partners'] },
      { path: '/mcp/one', name: 'One', providers: ['guests'] },
    ],
  },
}

/** The provider that the browser was sent to last, by its callback. */
const askedProvider = (flow: Flow): string | undefined =>
  flow.idp.requests
    .findLast(({ endpoint }) => endpoint === 'authorization')
    ?.parameters.get('redirect_uri')
    ?.split('/callback/')[1]

describe('several providers', () => {
  it('DEC-11 are offered on a page that names the client and where its answer goes', async () => {
    const flow = signInFlow(three)
    const clientId = await flow.register({ redirect_uris: [hostedUri], client_name: 'Claude' })
    const page = await flow.browser.open((await flow.request({ redirect_uri: hostedUri }, { clientId })).url)
    expect(page.text).toContain('Sign in to continue to Demo')
    expect(page.text).toContain('client.example asked for this and will get the answer at client.example')
    expect(page.body).toContain('It calls itself “<bdi>Claude</bdi>”')
    const labels = page.forms.flatMap(({ buttons }) => buttons.map(({ label }) => label))
    expect(labels.slice(0, 3)).toEqual([
      'Continue with Staff',
      'Continue with Guests <b>',
      'Continue with Partners',
    ])
    expect(flow.idp.requests).toEqual([])
  })

  it('are signed in to by the button', async () => {
    const flow = signInFlow(three)
    const page = await flow.browser.open((await flow.request()).url)
    const consent = await page.submit({}, { button: 'Continue with Partners' })
    expect(askedProvider(flow)).toBe('partners')
    expect(consent.text).toContain('Signed in as Ada Lovelace · ada@example.com Partners')
  })

  it('are only those that the route allows', async () => {
    const flow = signInFlow(three)
    const page = await flow.browser.open((await flow.request({}, { resource: `${publicUrl}/mcp/notes` })).url)
    expect(page.text).toContain('Continue with Staff Continue with Partners')
    expect(page.text).not.toContain('Guests')
    const one = await flow.browser.open((await flow.request({}, { resource: `${publicUrl}/mcp/one` })).url)
    expect(one.text).toContain('wants to use One')
    expect(askedProvider(flow)).toBe('guests')
  })

  it.each([
    ['idp', { idp: 'guests' }, 'guests'],
    ['the domain of login_hint', { login_hint: 'bob@acme.example' }, 'staff'],
    ['the domain in capitals', { login_hint: 'Bob@PARTNER.example' }, 'partners'],
    ['idp rather than login_hint', { idp: 'guests', login_hint: 'bob@acme.example' }, 'guests'],
  ])('need no question when the request says which, by %s', async (_, overrides, provider) => {
    const flow = signInFlow(three)
    const page = await flow.browser.open((await flow.request(overrides)).url)
    expect(page.text).toContain('wants to use Demo')
    expect(askedProvider(flow)).toBe(provider)
  })

  it.each([
    ['an unknown idp', { idp: 'nobody' }],
    ['a hint of another domain', { login_hint: 'bob@sub.acme.example' }],
    ['a hint without a domain', { login_hint: 'bob' }],
  ])('are asked about for %s', async (_, overrides) => {
    const flow = signInFlow(three)
    const page = await flow.browser.open((await flow.request(overrides)).url)
    expect(page.text).toContain('Sign in to continue to Demo')
  })

  it('cannot be named by a request to a route that does not allow them', async () => {
    const flow = signInFlow(three)
    const { url } = await flow.request({ idp: 'guests' }, { resource: `${publicUrl}/mcp/notes` })
    const page = await flow.browser.open(url)
    expect(page.text).toContain('Sign in to continue to Notes')
    expect(flow.idp.requests).toEqual([])
  })

  it('are found by the e-mail address that the user types', async () => {
    const flow = signInFlow(three)
    const page = await flow.browser.open((await flow.request()).url)
    const unknown = await page.submit({ email: 'bob@nowhere.example' }, { button: 'Next' })
    expect(unknown.text).toContain('No sign-in is set up for that address.')
    const consent = await unknown.submit({ email: 'bob@acme.example' }, { button: 'Next' })
    expect(consent.text).toContain('wants to use Demo')
    expect(askedProvider(flow)).toBe('staff')
    expect(flow.idp.requests[0]?.parameters.get('login_hint')).toBe('bob@acme.example')
  })

  it('are asked about again when the user wants another account', async () => {
    const flow = signInFlow(three)
    const consent = await flow.browser.open((await flow.request({ idp: 'staff' })).url)
    const page = await consent.submit({}, { button: 'Not you?' })
    expect(page.text).toContain('Continue with Guests')
    const other = await page.submit({}, { button: 'Continue with Guests <b>' })
    expect(other.text).toContain('Signed in as')
    expect(askedProvider(flow)).toBe('guests')
    expect(flow.idp.requests.at(-2)?.parameters.get('prompt') ?? 'select_account').toBe('select_account')
  })

  it('can be refused altogether', async () => {
    const flow = signInFlow(three)
    const request = await flow.request()
    const page = await flow.browser.open(request.url)
    const callback = await page.submit({}, { button: 'Cancel' })
    expect(callback.url).toContain(`${loopbackUri}?error=access_denied`)
    expect(callback.parameters.get('state')).toBe(request.state)
  })

  it('E04 are not chosen by another site', async () => {
    const flow = signInFlow(three)
    const page = await flow.browser.open((await flow.request()).url)
    const fields = Object.fromEntries(page.forms[0]!.fields.map(({ name, value }) => [name, value ?? '']))
    const forged = await flow.browser.post(
      `${publicUrl}/oauth/setup`,
      { ...fields, provider: 'guests' },
      { from: 'https://evil.example/' },
    )
    expect(forged.status).toBe(403)
    expect(flow.idp.requests).toEqual([])
  })
})

describe('a sign-in that no MCP client asked for', () => {
  /** The server with a page of its host that wants somebody signed in. */
  function withAccountPage(options: FlowOptions = {}): Flow {
    const flow = signInFlow(options)
    flow.server.app.get('/account', async (c) => {
      const user = await flow.server.requireSignIn(c.req.raw, '/account?tab=apps')
      return user instanceof Response ? user : c.html(`<p>Hello ${user.account.name ?? 'you'}</p>`)
    })
    return flow
  }

  it('goes to the provider and comes back to the page', async () => {
    const flow = withAccountPage()
    const page = await flow.browser.open(`${publicUrl}/account`)
    expect(page.url).toBe(`${publicUrl}/account?tab=apps`)
    expect(page.text).toBe('Hello Ada Lovelace')
    const names = flow.browser.cookies(publicUrl).map(({ name }) => name)
    expect(names).toEqual(['__Host-portico-session'])
  })

  it('asks which provider, where there are several', async () => {
    const flow = withAccountPage(three)
    const chooser = await flow.browser.open(`${publicUrl}/account`)
    expect(chooser.text).toContain('Sign in Continue with Staff')
    expect(chooser.text).not.toContain('Cancel')
    const unknown = await chooser.submit({ email: 'a@nowhere.example' }, { button: 'Next' })
    expect(unknown.text).toContain('No sign-in is set up for that address.')
    const page = await unknown.submit({}, { button: 'Continue with Partners' })
    expect(page.text).toBe('Hello Ada Lovelace')
    expect(askedProvider(flow)).toBe('partners')
  })

  it('counts for MCP clients too, and theirs for it', async () => {
    const flow = withAccountPage()
    await flow.browser.open(`${publicUrl}/account`)
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.text).toContain('wants to use Demo')
    expect(flow.idp.requests.filter(({ endpoint }) => endpoint === 'token')).toHaveLength(1)
  })

  it('IDP-03 E07 finishes in its own browser only', async () => {
    const flow = withAccountPage()
    const answer = await flow.fetch(`${publicUrl}/account`)
    const atProvider = await flow.fetch(answer.headers.get('location') ?? '')
    const page = await flow.otherBrowser().open(atProvider.headers.get('location') ?? '')
    expect(page.text).toContain('This page does not belong to this browser')
  })

  it('ends on a page with a way to try again, with another account', async () => {
    const flow = withAccountPage({ provider: { signIn: { allowedDomains: ['acme.example'] } } })
    const refused = await flow.browser.open(`${publicUrl}/account`)
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('This account may not sign in here')
    flow.idp.signInAs({ sub: 'bob', name: 'Bob', email: 'bob@acme.example', email_verified: true })
    const page = await refused.follow('Try again')
    expect(page.text).toBe('Hello Bob')
    const asked = flow.idp.requests.findLast(({ endpoint }) => endpoint === 'authorization')
    expect(asked?.parameters.get('prompt')).toBe('select_account')
  })

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/%09//evil.example/..//evil.example',
    'javascript:alert(1)',
    'account',
    '/..//evil.example',
    '/a/..//evil.example',
    '',
  ])('E11 SEC-17 never returns to another site: %j', async (returnTo) => {
    const flow = withAccountPage()
    const url = `${publicUrl}/oauth/login?${new URLSearchParams({ return_to: returnTo }).toString()}`
    // The browser of this test can reach no other site: leaving would be an error.
    const page = await flow.browser.open(url)
    expect(new URL(page.url).origin).toBe(publicUrl)
    expect([400, 404]).toContain(page.status)
    await expect(flow.server.requireSignIn(new Request(publicUrl), 'https://evil.example/')).rejects.toThrow(
      'returnTo must be a path on this origin',
    )
  })

  it('E11 follows a path of this origin to the letter, and no further', async () => {
    const flow = withAccountPage()
    flow.server.app.get('/a/b', (c) => c.text(c.req.url))
    const page = await flow.browser.open(
      `${publicUrl}/oauth/login?return_to=%2Fa%2Fb%3Fx%3D%2F%2Fevil.example`,
    )
    expect(page.url).toBe(`${publicUrl}/a/b?x=//evil.example`)
  })
})

describe('SEC-15 who is signed in', () => {
  it('is nobody without the session cookie, whatever else a request carries', async () => {
    const flow = signInFlow()
    await flow.browser.open((await flow.request()).url)
    const session = flow.browser.cookies(publicUrl).find(({ name }) => name.endsWith('session'))!
    const asking = (headers: Record<string, string>) =>
      flow.server.signedIn(new Request(publicUrl, { headers }))
    expect(await asking({ cookie: `${session.name}=${session.value}` })).toMatchObject({
      account: { name: 'Ada Lovelace', issuer: 'https://idp.example', providerSubject: 'ada' },
    })
    expect(await asking({ authorization: `Bearer ${session.value}` })).toBeUndefined()
    expect(await asking({ cookie: `portico-session=${session.value}` })).toBeUndefined()
    expect(await asking({ cookie: `${session.name}=${session.value}x` })).toBeUndefined()
    expect(await asking({ cookie: `${session.name}=` })).toBeUndefined()
  })

  it('is nobody once the provider is configured no more', async () => {
    const flow = signInFlow(three)
    await flow.browser.open((await flow.request({ idp: 'guests' })).url)
    const cookie = flow.browser.cookies(publicUrl).find(({ name }) => name.endsWith('session'))
    const request = new Request(publicUrl, { headers: { cookie: `${cookie?.name}=${cookie?.value}` } })
    expect(await flow.server.signedIn(request)).toBeDefined()
    const without = signInFlow({
      storage: () => flow.server.context.storage,
      providers: (idp) => [providerFor(idp, { id: 'staff' })],
    })
    expect(await without.server.signedIn(request)).toBeUndefined()
  })
})
