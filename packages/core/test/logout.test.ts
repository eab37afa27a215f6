import { describe, expect, it } from 'vitest'

import { providerFor, signInFlow, type Flow, type FlowOptions } from './sign-in-flow.ts'
import { publicUrl } from './test-server.ts'

const logoutUrl = `${publicUrl}/oauth/logout`

async function signedInFlow(options: FlowOptions = {}): Promise<Flow> {
  const flow = signInFlow(options)
  await flow.browser.open((await flow.request()).url)
  return flow
}

const sessionCookie = (flow: Flow): string =>
  flow.browser
    .cookies(publicUrl)
    .filter(({ name }) => name.endsWith('session'))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

describe('signing out', () => {
  it('E12 asks, ends the session here and at the provider, and comes back to say so', async () => {
    const flow = await signedInFlow()
    const before = sessionCookie(flow)
    const page = await flow.browser.open(logoutUrl)
    expect(page.text).toContain('Sign out of Portico in this browser?')
    const done = await page.submit({}, { button: 'Sign out' })
    expect(done.url).toBe(logoutUrl)
    expect(done.text).toContain('You are signed out')

    const asked = flow.idp.requests.find(({ endpoint }) => endpoint === 'endSession')
    expect(Object.fromEntries(asked?.parameters ?? [])).toEqual({
      post_logout_redirect_uri: logoutUrl,
      client_id: 'client',
      id_token_hint: expect.stringMatching(/^eyJ/) as string,
    })
    expect(sessionCookie(flow)).toBe('')
    const old = new Request(publicUrl, { headers: { cookie: before } })
    expect(await flow.server.signedIn(old)).toBeUndefined()
    expect(flow.events.at(-1)).toMatchObject({ name: 'session.ended', outcome: 'success' })
  })

  it('leaves what was allowed: withdrawing that is another decision', async () => {
    const flow = signInFlow()
    const page = await flow.browser.open((await flow.request()).url)
    await page.submit({}, { button: 'Allow' })
    const subject = flow.events.at(-1)?.subject ?? ''
    await (await flow.browser.open(logoutUrl)).submit({}, { button: 'Sign out' })
    expect(await flow.server.context.storage.list(`subject:${subject}`)).toHaveLength(1)
  })

  it.each<[string, object | null, Record<string, string> | undefined]>([
    [
      'its own parameters',
      {
        url: 'https://idp.example/v2/logout?x=1',
        redirectParameter: 'returnTo',
        clientIdParameter: 'client_id',
      },
      { x: '1', returnTo: logoutUrl, client_id: 'client' },
    ],
    [
      'few parameters',
      { url: 'https://idp.example/v2/logout', redirectParameter: 'logout_uri' },
      { logout_uri: logoutUrl },
    ],
    ['no logout', null, undefined],
  ])('follows the adapter: %s', async (_, logout, parameters) => {
    const flow = await signedInFlow({ provider: { logout } })
    const page = await flow.browser.open(logoutUrl)
    const body = new URLSearchParams(
      page.forms[0]!.fields.map(({ name, value }) => [name, value ?? ''] as [string, string]),
    )
    const headers = { cookie: sessionCookie(flow) }
    const answer = await flow.server.fetch(new Request(logoutUrl, { method: 'POST', body, headers }))
    expect(answer.status).toBe(303)
    const location = new URL(answer.headers.get('location') ?? '', publicUrl)
    expect(location.origin).toBe(parameters ? 'https://idp.example' : publicUrl)
    expect(Object.fromEntries(location.searchParams)).toEqual(parameters ?? {})
  })

  it('says that nobody is signed in to somebody who is not', async () => {
    const flow = signInFlow()
    const page = await flow.browser.open(logoutUrl)
    expect(page.status).toBe(200)
    expect(page.text).toContain('You are signed out')
  })

  it('E07 does not happen by a link or a form of another site', async () => {
    const flow = await signedInFlow()
    const byLink = await flow.browser.open(logoutUrl, { from: 'https://evil.example/' })
    expect(byLink.text).toContain('Sign out of Portico in this browser?')
    const byForm = await flow.browser.post(logoutUrl, {}, { from: 'https://evil.example/' })
    expect(byForm.status).toBe(403)
    const headers = { cookie: sessionCookie(flow) }
    const body = new URLSearchParams({ csrf: 'x' })
    const forged = await flow.server.fetch(new Request(logoutUrl, { method: 'POST', body, headers }))
    expect(forged.status).toBe(403)
    expect(await flow.server.signedIn(new Request(publicUrl, { headers }))).toBeDefined()
  })

  it('E11 goes nowhere that a parameter names', async () => {
    const flow = await signedInFlow()
    const evil = 'https://evil.example/'
    const query = new URLSearchParams({ post_logout_redirect_uri: evil, redirect_uri: evil, return_to: evil })
    const page = await flow.browser.open(`${logoutUrl}?${query.toString()}`)
    const done = await page.submit({}, { button: 'Sign out' })
    expect(done.url).toBe(logoutUrl)
    for (const { url } of done.hops) expect(url).not.toContain('evil')
  })

  it('ends one browser only', async () => {
    const flow = await signedInFlow()
    const other = flow.otherBrowser()
    await other.open((await flow.request()).url)
    await (await flow.browser.open(logoutUrl)).submit({}, { button: 'Sign out' })
    expect((await other.open(logoutUrl)).text).toContain('Sign out of Portico in this browser?')
  })

  it('goes to the provider that signed the user in, of several', async () => {
    const flow = signInFlow({
      providers: (idp) => [
        providerFor(idp, { id: 'staff', logout: null }),
        providerFor(idp, { id: 'guests', name: 'Guests' }),
      ],
    })
    const consent = await flow.browser.open((await flow.request({ idp: 'guests' })).url)
    expect(consent.text).toContain('wants to use Demo')
    await (await flow.browser.open(logoutUrl)).submit({}, { button: 'Sign out' })
    expect(flow.idp.requests.some(({ endpoint }) => endpoint === 'endSession')).toBe(true)
  })
})
