import { callbackVariants, createScriptedIdp } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import {
  demoUrl,
  hostedUri,
  loopbackUri,
  providerFor,
  signInFlow,
  type Flow,
  type FlowOptions,
} from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

const asks = 'wants to use Demo'

/** The URL of the callback that the provider would send the browser to: the browser stops before it. */
async function answerOf(flow: Flow, url: string): Promise<string> {
  let response = await flow.fetch(url)
  const cookies: string[] = []
  for (;;) {
    cookies.push(...response.headers.getSetCookie().map((line) => line.split(';')[0] ?? ''))
    const next = new URL(response.headers.get('location') ?? '', url).href
    if (next.includes('/callback')) return next
    response = await flow.fetch(next, { headers: { cookie: cookies.join('; ') } })
  }
}

describe('the answer of the provider', () => {
  it.each(callbackVariants)('is judged rightly when $title: $outcome', async (variant) => {
    for (const responseIss of ['required', 'optional'] as const) {
      const flow = signInFlow({ provider: { browserLogin: { responseIss } } })
      await variant.apply(flow.idp)
      const first = await flow.browser.open((await flow.request()).url)
      const page = variant.id === 'form-post' ? await first.submit() : first
      const accepted =
        variant.outcome === 'accepted' ||
        (variant.outcome === 'accepted-unless-iss-required' && responseIss === 'optional')
      expect(page.text.includes(asks)).toBe(accepted)
      expect(flow.events.some(({ name }) => name === 'login.succeeded')).toBe(accepted)
    }
  })

  it('IDP-02 uses a state of its own for every attempt, once, and for ten minutes at most', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const first = await flow.browser.open(url)
    expect(first.text).toContain(asks)
    const states = flow.idp.requests
      .filter(({ endpoint }) => endpoint === 'authorization')
      .map(({ parameters }) => parameters.get('state'))
    expect(states[0]).toMatch(/^[\w-]{43}$/)

    const used = first.hops.find((hop) => hop.url.includes('/oauth/callback'))?.url ?? ''
    const again = await flow.browser.open(used)
    expect(again.status).toBe(400)
    expect(again.text).toContain('This sign-in is already finished')

    flow.browser.clearCookies()
    const afterSeconds = async (seconds: number) => {
      const late = signInFlow({ server: { transactionTtlSeconds: 3600 } })
      late.idp.bendCallback((parameters) => {
        late.clock.advance(seconds)
        return parameters
      })
      return late.browser.open((await late.request()).url)
    }
    expect((await afterSeconds(599)).text).toContain(asks)
    expect((await afterSeconds(600)).text).toContain('This sign-in is already finished')
  })

  it('IDP-03 E02 E07 is worth nothing in another browser, and is used up by it', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const callback = await answerOf(flow, url)
    const victim = flow.otherBrowser()
    const page = await victim.open(callback)
    expect(page.status).toBe(400)
    expect(page.text).toContain('This page does not belong to this browser')
    expect(victim.cookies(publicUrl)).toEqual([])
    expect((await victim.open(callback)).text).toContain('This sign-in is already finished')
  })

  it('E07 is worth nothing with the cookies of another attempt of the same browser', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const callback = await answerOf(flow, url)
    await flow.browser.open(url)
    expect((await flow.browser.open(callback)).text).toContain('This page does not belong to this browser')
  })

  it('E07 rotates the session at every login, and the old one is over', async () => {
    const flow = signInFlow()
    const session = () =>
      flow.browser.cookies(publicUrl).find(({ name }) => name === '__Host-portico-session')?.value ?? ''
    await flow.browser.open((await flow.request()).url)
    const before = session()
    await flow.browser.open((await flow.request({ prompt: 'login' })).url)
    expect(session()).not.toBe(before)
    const request = new Request(publicUrl, { headers: { cookie: `__Host-portico-session=${before}` } })
    expect(await flow.server.signedIn(request)).toBeUndefined()
    const now = new Request(publicUrl, { headers: { cookie: `__Host-portico-session=${session()}` } })
    expect((await flow.server.signedIn(now))?.account.name).toBe('Ada Lovelace')
  })

  it('E07 gives nobody a session that was planted before the login', async () => {
    const flow = signInFlow()
    const planted = '__Host-portico-session=planted'
    const { url } = await flow.request()
    await flow.browser.open(url)
    expect(flow.browser.cookies(publicUrl).map(({ value }) => value)).not.toContain('planted')
    expect(
      await flow.server.signedIn(new Request(publicUrl, { headers: { cookie: planted } })),
    ).toBeUndefined()
  })

  it('IDP-04 keeps the tabs of one browser apart', async () => {
    const flow = signInFlow()
    const pages = await Promise.all(
      [1, 2, 3].map(async () => {
        const request = await flow.request()
        return { request, page: await flow.browser.open(request.url) }
      }),
    )
    for (const { request, page } of pages.toReversed()) {
      const callback = await page.submit({}, { button: 'Allow' })
      expect(callback.parameters.get('state')).toBe(request.state)
    }
  })

  it('keeps no more than eight attempts in one browser: the oldest gives way', async () => {
    const flow = signInFlow()
    const first = await flow.browser.open((await flow.request()).url)
    for (let count = 0; count < 8; count += 1) await flow.browser.open((await flow.request()).url)
    const attempts = flow.browser.cookies(publicUrl).filter(({ name }) => name.includes('attempt'))
    expect(attempts).toHaveLength(8)
    expect((await flow.browser.open(first.url)).text).toContain('does not belong to this browser')
  })

  it('arrives by form_post as well, although the browser brings no cookies, and the code is in no URL', async () => {
    const flow = signInFlow({ provider: { browserLogin: { responseMode: 'form_post' } } })
    const atProvider = await flow.browser.open((await flow.request()).url)
    const [asked] = flow.idp.requests
    expect(asked?.parameters.get('response_mode')).toBe('form_post')
    const code = atProvider.forms[0]?.fields.find(({ name }) => name === 'code')?.value ?? 'missing'
    const page = await atProvider.submit()
    expect(page.text).toContain(asks)
    expect(page.hops[0]).toMatchObject({ method: 'POST', status: 303 })
    for (const { url } of page.hops) expect(url).not.toContain(code)
  })

  it('is not taken from a sealed answer that somebody changed', async () => {
    const { server } = signInFlow()
    const response = await server.fetch(new Request(`${publicUrl}/oauth/callback?answer=a.b.c`))
    expect(response.status).toBe(400)
  })
})

describe('IDP-11 errors of the provider', () => {
  it.each([
    ['access_denied', 'access_denied', 'provider_denied'],
    ['login_required', 'access_denied', 'provider_denied'],
    ['consent_required', 'access_denied', 'provider_denied'],
    ['interaction_required', 'access_denied', 'provider_denied'],
    ['temporarily_unavailable', 'temporarily_unavailable', 'provider_unavailable'],
    ['server_error', 'server_error', 'provider_refused'],
    ['invalid_scope', 'server_error', 'provider_refused'],
    ['<script>alert(1)</script>', 'server_error', 'provider_refused'],
  ])('AS-36 %s reaches the client as %s, without a word of the provider', async (error, expected, reason) => {
    const flow = signInFlow()
    flow.idp.bendCallback((parameters) => {
      parameters.delete('code')
      parameters.set('error', error)
      parameters.set('error_description', 'User bob@corp is not assigned <b>to the application</b>')
      return parameters
    })
    const request = await flow.request()
    const page = await flow.browser.open(request.url)
    expect(page.parameters.get('error')).toBe(expected)
    expect(page.parameters.get('state')).toBe(request.state)
    expect(page.parameters.get('iss')).toBe(demoUrl)
    expect(page.url).not.toContain('bob')
    expect(flow.events.find(({ name }) => name === 'login.failed')).toMatchObject({
      reason,
      detail: { problem: expect.stringContaining('bob@corp') as string },
    })
  })

  it('are explained by the adapter, to the operator alone', async () => {
    const flow = signInFlow()
    flow.idp.bendCallback((parameters) => {
      parameters.delete('code')
      parameters.set('error', 'explained')
      return parameters
    })
    const clientId = await flow.register({ redirect_uris: [hostedUri] })
    const page = await flow.browser.open((await flow.request({ redirect_uri: hostedUri }, { clientId })).url)
    expect(page.text).toContain('Signing in failed')
    expect(page.body).not.toContain('Assign the user')
    const failure = flow.events.find(({ name }) => name === 'login.failed')
    expect(failure?.detail?.['problem']).toContain('Assign the user to the application.')
    expect(page.text).toContain(failure?.traceId ?? 'no trace')
  })

  it('E06 are nowhere shown as markup', async () => {
    const flow = signInFlow()
    flow.idp.bendCallback((parameters) => {
      parameters.delete('code')
      parameters.set('error', 'access_denied')
      parameters.set('error_description', '<script>alert(1)</script>')
      return parameters
    })
    const clientId = await flow.register({ redirect_uris: [hostedUri], client_name: '<img src=x>' })
    const page = await flow.browser.open((await flow.request({ redirect_uri: hostedUri }, { clientId })).url)
    expect(page.text).toContain('You are not signed in')
    expect(page.body).not.toMatch(/<script|<img/)
  })

  it('count only after the checks of the state: a stranger cannot end an attempt', async () => {
    const flow = signInFlow()
    const consent = await flow.browser.open((await flow.request()).url)
    const forged = await flow.browser.open(`${publicUrl}/oauth/callback?error=access_denied&state=guess`)
    expect(forged.status).toBe(400)
    const callback = await consent.submit({}, { button: 'Allow' })
    expect(callback.parameters.has('code')).toBe(true)
  })
})

describe('IDP-09 E10 several providers', () => {
  const two: FlowOptions = {
    providers: (idp) => [
      providerFor(idp, { id: 'staff', name: 'Staff' }),
      providerFor(idp, { id: 'guests', name: 'Guests' }),
    ],
  }

  it('have a callback each, and one provider has the plain one that guides name', async () => {
    const several = signInFlow(two)
    const chooser = await several.browser.open((await several.request()).url)
    await chooser.submit({}, { button: 'Continue with Guests' })
    expect(several.idp.requests[0]?.parameters.get('redirect_uri')).toBe(`${publicUrl}/oauth/callback/guests`)
    const single = signInFlow()
    await single.browser.open((await single.request()).url)
    expect(single.idp.requests[0]?.parameters.get('redirect_uri')).toBe(`${publicUrl}/oauth/callback`)
  })

  it('have redirect URIs that the host can ask for, to register them', () => {
    expect([...signInFlow(two).server.callbackUrls]).toEqual([
      ['staff', `${publicUrl}/oauth/callback/staff`],
      ['guests', `${publicUrl}/oauth/callback/guests`],
    ])
    expect([...signInFlow().server.callbackUrls]).toEqual([['scripted', `${publicUrl}/oauth/callback`]])
  })

  it.each(['/oauth/callback/guests', '/oauth/callback', '/oauth/callback/nobody'])(
    'cannot answer for one another: %s',
    async (path) => {
      const flow = signInFlow(two)
      flow.idp.bend('authorization', (answer) => {
        const location = new URL(answer.headers.get('location') ?? '')
        location.pathname = path
        return new Response(null, { status: 303, headers: { location: location.href } })
      })
      const chooser = await flow.browser.open((await flow.request()).url)
      const page = await chooser.submit({}, { button: 'Continue with Staff' })
      expect(page.text).toContain('The sign-in answer cannot be used')
      expect(flow.idp.requests.map(({ endpoint }) => endpoint)).toEqual(['authorization'])
    },
  )

  it('IDP-09 cannot answer for one another by iss either, and the code is sent nowhere', async () => {
    const other = createScriptedIdp({ issuer: 'https://other.example' })
    const flow = signInFlow()
    flow.idp.bendCallback((parameters) => {
      parameters.set('iss', other.issuer)
      return parameters
    })
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.parameters.get('error')).toBe('server_error')
    expect(flow.idp.requests.map(({ endpoint }) => endpoint)).toEqual(['authorization'])
    expect(flow.events.at(-1)).toMatchObject({ reason: 'provider_issuer_mismatch' })
  })
})

describe('SEC-07 E08 the cookies', () => {
  it('are host-bound, secure, out of reach of scripts and of other sites', async () => {
    const flow = signInFlow()
    const page = await flow.browser.open((await flow.request()).url)
    const lines = page.hops.flatMap(({ responseHeaders }) => responseHeaders.getSetCookie())
    expect(lines.length).toBeGreaterThanOrEqual(2)
    for (const line of lines) {
      expect(line).toMatch(/^__Host-portico-/)
      expect(line).toMatch(/; Path=\/;? ?/)
      expect(line).toContain('; HttpOnly')
      expect(line).toContain('; Secure')
      expect(line).toContain('; SameSite=Lax')
      expect(line).not.toContain('Domain')
    }
    expect(flow.browser.refusedCookies).toEqual([])
  })

  it('have other names on plain-http loopback in development only', async () => {
    const localUrl = 'http://localhost:9000'
    const flow = signInFlow({ server: { publicUrl: localUrl, development: true } })
    const metadata = await flow.client.authorizationServer(`${localUrl}/mcp/demo`)
    const identity = await flow.client.register(metadata)
    const request = await flow.client.steps.authorizationRequest(metadata, identity, {
      resource: `${localUrl}/mcp/demo`,
    })
    const callback = await flow.client.authorize(request)
    expect(callback.url).toContain(`${loopbackUri}?code=`)
    const names = flow.browser.cookies(localUrl).map(({ name }) => name)
    expect(names).toContain('portico-session')
    expect(names.some((name) => name.startsWith('__Host-'))).toBe(false)
  })

  it('SEC-08 that a browser does not keep are named on the page', async () => {
    const flow = signInFlow()
    const { url } = await flow.request()
    const response = await flow.fetch(url)
    const next = await flow.fetch(new URL(response.headers.get('location') ?? '', url))
    expect(next.status).toBe(400)
    expect(await next.text()).toContain('does not keep cookies for this site')
  })
})
