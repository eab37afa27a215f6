import type { Overrides } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { demoUrl, hostedUri, loopbackUri, signInFlow, type FlowOptions } from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

const privateUri = 'cursor://anysphere.cursor-mcp/oauth/callback'

/** A client that returns to `redirectUri` only, and the page its request ends on. */
async function askedBy(redirectUri: string, overrides: Overrides = {}, options: FlowOptions = {}) {
  const flow = signInFlow(options)
  const clientId = await flow.register({ redirect_uris: [redirectUri], client_name: 'Client' })
  const request = await flow.request({ redirect_uri: redirectUri, ...overrides }, { clientId })
  return { flow, request, page: await flow.browser.open(request.url) }
}

const wrong: Overrides = { response_type: 'token' }

describe('the way back to the client', () => {
  it('AS-29 AS-30 carries code, state and iss, and nothing else', async () => {
    const { page, request } = await askedBy(loopbackUri)
    const callback = await page.submit({}, { button: 'Allow' })
    expect(Object.fromEntries(callback.parameters)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: request.state,
      iss: demoUrl,
    })
  })

  it.each(['simple', 'ümläut & =?#+ /', ' leading and trailing ', '{"json":"%7B"}', 'a'.repeat(2000)])(
    'AS-29 returns state exactly as received: %s',
    async (state) => {
      const { page } = await askedBy(loopbackUri, { state })
      const callback = await page.submit({}, { button: 'Allow' })
      expect(callback.parameters.get('state')).toBe(state)
    },
  )

  it('AS-29 returns no state when none was sent', async () => {
    const { page } = await askedBy(loopbackUri, { state: undefined })
    const callback = await page.submit({}, { button: 'Allow' })
    expect([...callback.parameters.keys()]).toEqual(['code', 'iss'])
  })

  it('keeps what the redirect URI has in its query', async () => {
    const { page } = await askedBy(`${loopbackUri}?session=a%20b&x=%2F`)
    const callback = await page.submit({}, { button: 'Allow' })
    expect(callback.url).toContain(`${loopbackUri}?session=a%20b&x=%2F&code=`)
  })

  it('AS-38 answers the form by 303', async () => {
    const { page } = await askedBy(loopbackUri)
    const callback = await page.submit({}, { button: 'Allow' })
    expect(callback.hops.map(({ method, status }) => [method, status])).toEqual([['POST', 303]])
  })

  it('AS-28 posts the answer where form_post is asked for, by a form that needs no script', async () => {
    const { page, request } = await askedBy(hostedUri, { response_mode: 'form_post' })
    const finish = await page.submit({}, { button: 'Allow' })
    expect(finish.stopped).toBe(false)
    expect(finish.body).not.toContain('<script')
    const callback = await finish.submit({}, { button: 'Continue to client.example' })
    expect(callback.url).toBe(hostedUri)
    expect(Object.fromEntries(callback.parameters)).toEqual({
      code: expect.any(String) as string,
      state: request.state,
      iss: demoUrl,
    })
  })

  it('SEC-14 ends on a page of ours for a private-use scheme, which opens the app and has a link', async () => {
    const { flow, page, request } = await askedBy(privateUri, {}, { redirectUri: privateUri })
    const callback = await page.submit({}, { button: 'Allow' })
    // The scripted browser follows the automatic attempt.
    expect(callback.url).toMatch(/^cursor:\/\/anysphere\.cursor-mcp\/oauth\/callback\?code=/)
    expect(callback.parameters.get('state')).toBe(request.state)
    const again = await flow.browser.open(page.url)
    expect(again.text).toContain('Access allowed')
    expect(again.links.map(({ href }) => href)).toEqual([callback.url])
  })
})

describe('DEC-10 AS-37 an error', () => {
  it.each([
    ['to 127.0.0.1', 'http://127.0.0.1:33418/callback'],
    ['to localhost', 'http://localhost:3118/callback'],
    ['to [::1]', 'http://[::1]:3118/callback'],
    ['to an app of this device', privateUri],
  ])('goes %s at once', async (_, uri) => {
    const { page } = await askedBy(uri, wrong, { redirectUri: uri })
    expect(page.stopped).toBe(true)
    expect(page.parameters.get('error')).toBe('unsupported_response_type')
  })

  it.each<[string, Overrides]>([
    ['for a wrong request', wrong],
    ['with prompt=none', { prompt: 'none' }],
  ])('becomes a page with a link for a host that nothing speaks for, %s', async (_, overrides) => {
    const { page, request } = await askedBy(hostedUri, overrides)
    expect(page.stopped).toBe(false)
    expect(page.status).toBe(400)
    expect(page.text).toContain('The app asked for something that cannot be granted')
    expect(page.text).toContain('Follow this link only if you know client.example')
    const callback = await page.follow('Return to client.example')
    expect(callback.url).toContain(`${hostedUri}?error=`)
    expect(callback.parameters.get('state')).toBe(request.state)
    expect(callback.parameters.get('iss')).toBe(demoUrl)
  })

  it('is not redirected after a denial either, where nothing speaks for the host', async () => {
    const { page } = await askedBy(hostedUri)
    const denied = await page.submit({}, { button: 'Cancel' })
    expect(denied.stopped).toBe(false)
    expect(denied.text).toContain('You did not allow access')
    const callback = await denied.follow('Return to client.example')
    expect(callback.parameters.get('error')).toBe('access_denied')
  })

  it('AS-36 is redirected after a denial on this computer, as access_denied', async () => {
    const { page, request } = await askedBy(loopbackUri)
    const callback = await page.submit({}, { button: 'Cancel' })
    expect(Object.fromEntries(callback.parameters)).toMatchObject({
      error: 'access_denied',
      state: request.state,
      iss: demoUrl,
    })
  })

  it('goes at once to a host that the operator listed', async () => {
    const registration = { trustedRedirectHosts: ['client.example'] }
    const { page } = await askedBy(hostedUri, wrong, { server: { registration } })
    expect(page.url).toContain(`${hostedUri}?error=unsupported_response_type`)
  })

  it('goes at once to a client that the operator registered', async () => {
    const clients = [{ clientId: 'ours', name: 'Our app', redirectUris: [hostedUri] }]
    const flow = signInFlow({ server: { clients } })
    const request = await flow.request({ redirect_uri: hostedUri, ...wrong }, { clientId: 'ours' })
    const page = await flow.browser.open(request.url)
    expect(page.url).toContain(`${hostedUri}?error=unsupported_response_type`)
  })

  it('is posted where form_post was asked for', async () => {
    const { page } = await askedBy(hostedUri, { ...wrong, response_mode: 'form_post' })
    const callback = await page.submit({}, { button: 'Continue to client.example' })
    expect(callback.parameters.get('error')).toBe('unsupported_response_type')
  })
})

describe('AS-41 prompt=none', () => {
  it('is login_required while nobody is signed in, and never sends the browser to the provider', async () => {
    const { page, flow } = await askedBy(loopbackUri, { prompt: 'none' })
    expect(page.parameters.get('error')).toBe('login_required')
    expect(flow.idp.requests).toEqual([])
  })

  it('is consent_required for somebody who is signed in', async () => {
    const { flow } = await askedBy(loopbackUri)
    const silent = await flow.request({ prompt: 'none' })
    const page = await flow.browser.open(silent.url)
    expect(page.parameters.get('error')).toBe('consent_required')
  })

  it('is interaction_required while an account has to be connected', async () => {
    const requirements = () =>
      Promise.resolve([{ id: 'a', displayName: 'A', connected: false, connectUrl: '/connect/a' }])
    const { flow } = await askedBy(loopbackUri, {}, { server: { requirements } })
    const silent = await flow.request({ prompt: 'none' })
    const page = await flow.browser.open(silent.url)
    expect(page.parameters.get('error')).toBe('interaction_required')
  })
})

describe('AS-40 the headers of everything a browser gets', () => {
  it('SEC-06 COMPAT-17 forbid framing, caching, referrers and scripts, and no form-action', async () => {
    const { page, flow } = await askedBy(loopbackUri)
    const callback = await page.submit({}, { button: 'Allow' })
    const unknown = await flow.browser.open(`${publicUrl}/oauth/authorize?client_id=nobody`)
    const ours = [...page.hops, ...callback.hops, ...unknown.hops].filter(({ url }) =>
      url.startsWith(publicUrl),
    )
    expect(ours.length).toBeGreaterThan(4)
    for (const { responseHeaders } of ours) {
      expect(responseHeaders.get('cache-control')).toBe('no-store')
      expect(responseHeaders.get('referrer-policy')).toBe('no-referrer')
      expect(responseHeaders.get('x-frame-options')).toBe('DENY')
      expect(responseHeaders.get('x-content-type-options')).toBe('nosniff')
      const policy = responseHeaders.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("base-uri 'none'")
      expect(policy).not.toContain('unsafe')
      expect(policy).not.toContain('script-src')
      // Chromium would apply it to the client's own redirects.
      expect(policy).not.toContain('form-action')
    }
  })
})
