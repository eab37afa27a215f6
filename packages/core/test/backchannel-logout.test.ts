import { answerPages } from '@portico/test-peers'
import type { JWTPayload } from 'jose'
import { describe, expect, it } from 'vitest'

import { demoUrl, type Flow, type FlowOptions, hostedUri, providerFor, signInFlow } from './sign-in-flow.ts'
import { publicUrl } from './test-server.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'
const endpoint = `${publicUrl}/oauth/backchannel-logout/scripted`

type Bend = Readonly<Record<string, unknown>>

function flowWith(backChannelLogout: 'sessions' | 'grants', options: FlowOptions = {}): Flow {
  const flow = signInFlow({ ...options, server: { backChannelLogout, ...options.server } })
  let number = 0
  flow.idp.bendIdToken((draft) => ({
    ...draft,
    claims: { ...draft.claims, sid: `sid-${(number += 1)}` },
  }))
  return flow
}

/** A provider with tenants, each of which names its users and sessions as it likes: all of them say `ada` and `sid-1`. */
function tenantsFlow(): { readonly flow: Flow; readonly signInAt: (tenant: string) => void } {
  const flow = signInFlow({
    idp: { sendsIss: false },
    server: { backChannelLogout: 'grants' },
    provider: { oidc: { issuerTemplate: { template: 'https://login.example/{tid}', claim: 'tid' } } },
  })
  return {
    flow,
    signInAt: (tid) =>
      flow.idp.bendIdToken((draft) => ({
        ...draft,
        claims: { ...draft.claims, iss: `https://login.example/${tid}`, tid, sid: 'sid-1' },
      })),
  }
}

/** Signs in and allows; the browser ends at the client. */
async function connected(flow: Flow, browser = flow.browser) {
  const { url } = await flow.request()
  await answerPages(await browser.open(url))
}

/** A client with tokens; tells the status of its next refresh. */
async function tokensFor(flow: Flow, browser = flow.browser): Promise<() => Promise<number>> {
  const metadata = await flow.client.authorizationServer(demoUrl)
  const identity = await flow.client.register(metadata)
  const request = await flow.client.steps.authorizationRequest(metadata, identity, { resource: demoUrl })
  const callback = await answerPages(await browser.open(request.url))
  let { refreshToken } = await flow.client.redeem(metadata, identity, request, callback)
  return async () => {
    const response = await flow.client.steps.refresh(metadata, identity, refreshToken ?? '')
    const { refresh_token } = (await response.json()) as { refresh_token?: string }
    refreshToken = refresh_token ?? refreshToken
    return response.status
  }
}

function claimsOf(flow: Flow, changes: Bend = {}): JWTPayload {
  const now = flow.clock.seconds()
  return {
    iss: flow.idp.issuer,
    aud: 'client',
    iat: now,
    exp: now + 120,
    jti: crypto.randomUUID(),
    sub: 'ada',
    events: { [event]: {} },
    ...changes,
  }
}

async function send(flow: Flow, logoutToken: string, url = endpoint): Promise<Response> {
  return flow.fetch(
    new Request(url, { method: 'POST', body: new URLSearchParams({ logout_token: logoutToken }) }),
  )
}

async function notify(flow: Flow, changes: Bend = {}, header: { typ?: string } = { typ: 'logout+jwt' }) {
  return send(flow, await flow.idp.sign(claimsOf(flow, changes), header))
}

async function isSignedIn(flow: Flow, browser = flow.browser): Promise<boolean> {
  const cookie = browser
    .cookies(publicUrl)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
  return (await flow.server.signedIn(new Request(publicUrl, { headers: { cookie } }))) !== undefined
}

async function grantCount(flow: Flow): Promise<number> {
  const subject = flow.events.find(({ name }) => name === 'login.succeeded')?.subject ?? ''
  return (await flow.server.context.storage.list(`subject:${subject}`)).length
}

describe('back-channel logout', () => {
  it('IDP-14 ends the session that sid names, and no other of the user', async () => {
    const flow = flowWith('sessions')
    const other = flow.otherBrowser()
    await connected(flow)
    await connected(flow, other)
    const response = await notify(flow, { sid: 'sid-1' })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect([await isSignedIn(flow), await isSignedIn(flow, other)]).toEqual([false, true])
    expect(flow.events.at(-1)).toMatchObject({ name: 'session.ended', reason: 'provider_logout' })
    // What was allowed stays, unless the operator wants otherwise.
    expect(await grantCount(flow)).toBe(2)
  })

  it('IDP-14 ends all sessions of the user where only sub is named', async () => {
    const flow = flowWith('sessions')
    const other = flow.otherBrowser()
    await connected(flow)
    await connected(flow, other)
    expect((await notify(flow)).status).toBe(200)
    expect([await isSignedIn(flow), await isSignedIn(flow, other)]).toEqual([false, false])
  })

  it('ends nothing of another user', async () => {
    const flow = flowWith('grants')
    await connected(flow)
    expect((await notify(flow, { sub: 'grace' })).status).toBe(200)
    expect((await notify(flow, { sub: 'grace', sid: 'sid-7' })).status).toBe(200)
    expect(await isSignedIn(flow)).toBe(true)
    expect(await grantCount(flow)).toBe(1)
  })

  it.each<[string, Bend]>([
    ['sub', {}],
    ['sid', { sub: undefined, sid: 'sid-1' }],
    ['sub and sid', { sid: 'sid-1' }],
  ])('ends nothing of another tenant, whose %s is the same', async (_, names) => {
    const { flow, signInAt } = tenantsFlow()
    const other = flow.otherBrowser()
    signInAt('north')
    const north = await tokensFor(flow)
    signInAt('south')
    const south = await tokensFor(flow, other)
    const response = await notify(flow, { iss: 'https://login.example/north', tid: 'north', ...names })
    expect(response.status).toBe(200)
    expect([await isSignedIn(flow), await isSignedIn(flow, other)]).toEqual([false, true])
    expect([await north(), await south()]).toEqual([400, 200])
  })

  it('takes a token of one tenant although another one has used its jti', async () => {
    const { flow, signInAt } = tenantsFlow()
    signInAt('north')
    await connected(flow)
    for (const tid of ['south', 'north']) {
      const claims = { iss: `https://login.example/${tid}`, tid, jti: 'jti-1' }
      expect((await notify(flow, claims)).status).toBe(200)
    }
    expect(await isSignedIn(flow)).toBe(false)
  })

  it('ends sessions whose ID token had no sid together with any of the user', async () => {
    const flow = signInFlow({ server: { backChannelLogout: 'sessions' } })
    flow.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, sid: undefined } }))
    await connected(flow)
    expect((await notify(flow, { sid: 'sid-1' })).status).toBe(200)
    expect(await isSignedIn(flow)).toBe(false)
  })

  it('ends the grants born in the session where it is configured, even long after the session', async () => {
    const flow = flowWith('grants')
    const first = await tokensFor(flow)
    const second = await tokensFor(flow, flow.otherBrowser())
    flow.clock.advance(20 * 86_400)
    expect(await isSignedIn(flow)).toBe(false)
    expect((await notify(flow, { sid: 'sid-1' })).status).toBe(200)
    expect([await first(), await second()]).toEqual([400, 200])
    expect((await notify(flow)).status).toBe(200)
    expect(await second()).toBe(400)
    expect(flow.events).toContainEqual(expect.objectContaining({ name: 'grant.revoked', reason: 'logout' }))
  })

  it('makes the next authorization ask again, where consent was remembered', async () => {
    const flow = flowWith('sessions', {
      redirectUri: hostedUri,
      server: { rememberConsentSeconds: 86_400, backChannelLogout: 'sessions' },
    })
    const clientId = await flow.register()
    const page = await flow.browser.open((await flow.request({}, { clientId })).url)
    await page.submit({ remember: '1' }, { button: 'Allow' })
    const again = await flow.browser.open((await flow.request({}, { clientId })).url)
    expect(again.url).toContain(hostedUri)
    await notify(flow)
    const asked = await flow.browser.open((await flow.request({}, { clientId })).url)
    expect(asked.text).toContain('wants to use Demo')
  })

  it.each([undefined, 'JWT', 'logout+jwt', 'application/logout+jwt'])('takes typ %s', async (typ) => {
    const flow = flowWith('sessions')
    await connected(flow)
    const response = await notify(flow, {}, typ === undefined ? {} : { typ })
    expect(response.status).toBe(200)
    expect(await isSignedIn(flow)).toBe(false)
  })

  it('takes a token without exp for five minutes, as some providers send it', async () => {
    const flow = flowWith('sessions')
    await connected(flow)
    const iat = flow.clock.seconds() - 300 - 61
    expect((await notify(flow, { exp: undefined, iat })).status).toBe(400)
    expect((await notify(flow, { exp: undefined })).status).toBe(200)
  })

  it.each<[string, Bend]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['an expiry that has passed', { exp: 1_799_999_000 }],
    ['an iat to come', { iat: 1_800_000_100 }],
    ['no iat', { iat: undefined }],
    ['no jti', { jti: undefined }],
    ['a nonce', { nonce: 'n' }],
    ['no events', { events: undefined }],
    ['another event', { events: { 'https://example.com/event': {} } }],
    ['an event that is no object', { events: { [event]: true } }],
    ['neither sub nor sid', { sub: undefined }],
  ])('refuses a token with %s', async (_, changes) => {
    const flow = flowWith('grants')
    await connected(flow)
    const response = await notify(flow, changes)
    expect(response.status).toBe(400)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    expect(await isSignedIn(flow)).toBe(true)
    expect(await grantCount(flow)).toBe(1)
    expect(flow.events.at(-1)).toMatchObject({ name: 'logout.refused', outcome: 'denied' })
  })

  it('refuses a token of another type, and an ID token', async () => {
    const flow = flowWith('sessions')
    await connected(flow)
    expect((await notify(flow, {}, { typ: 'at+jwt' })).status).toBe(400)
    expect((await notify(flow, { events: undefined, nonce: 'n' }, { typ: 'JWT' })).status).toBe(400)
    expect(await isSignedIn(flow)).toBe(true)
  })

  it('refuses a signature of a key that the provider does not publish, and no signature', async () => {
    const flow = flowWith('sessions')
    await connected(flow)
    const stranger = signInFlow({ idp: { issuer: flow.idp.issuer } })
    const forged = await stranger.idp.sign(claimsOf(flow), { typ: 'logout+jwt' })
    expect((await send(flow, forged)).status).toBe(400)
    const [, payload] = forged.split('.')
    expect((await send(flow, `${btoa('{"alg":"none"}')}.${payload ?? ''}.`)).status).toBe(400)
    expect((await send(flow, 'x')).status).toBe(400)
    expect(await isSignedIn(flow)).toBe(true)
  })

  it('takes a token once', async () => {
    const flow = flowWith('sessions')
    await connected(flow)
    const token = await flow.idp.sign(claimsOf(flow), { typ: 'logout+jwt' })
    expect((await send(flow, token)).status).toBe(200)
    await connected(flow)
    expect((await send(flow, token)).status).toBe(400)
    expect(await isSignedIn(flow)).toBe(true)
  })

  it('hears each provider at its own address only', async () => {
    const flow = signInFlow({
      server: { backChannelLogout: 'sessions' },
      providers: (idp) => [
        providerFor(idp, {
          id: 'staff',
          client: { id: 'client', secret: 'secret', authMethod: 'client_secret_post' },
        }),
        providerFor(idp, { id: 'guests', name: 'Guests', client: { id: 'guests', authMethod: 'none' } }),
      ],
    })
    const token = await flow.idp.sign(claimsOf(flow))
    const base = `${publicUrl}/oauth/backchannel-logout`
    expect((await send(flow, token, `${base}/guests`)).status).toBe(400)
    expect((await send(flow, token, `${base}/nobody`)).status).toBe(404)
    expect((await send(flow, token, `${base}/staff`)).status).toBe(200)
  })

  it('is not there until it is configured', async () => {
    const flow = signInFlow()
    const token = await flow.idp.sign(claimsOf(flow))
    expect((await send(flow, token)).status).toBe(404)
    const on = flowWith('sessions')
    expect((await on.fetch(new Request(endpoint))).status).toBe(405)
    expect(
      (await on.fetch(new Request(endpoint, { method: 'POST', body: new URLSearchParams() }))).status,
    ).toBe(400)
  })
})
