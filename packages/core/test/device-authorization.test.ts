import type { Page } from '@portico/test-peers'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { displayUserCode, newUserCode, parseUserCode } from '../src/device/user-code.ts'
import type { AuthorizationServerOptions } from '../src/options.ts'
import { createRandomText } from '../src/random-text.ts'
import { interruptedStorage } from './interrupted-storage.ts'
import { demoUrl, type Flow, type FlowOptions, notesUrl, signInFlow } from './sign-in-flow.ts'
import { publicUrl } from './test-server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
const page = `${publicUrl}/oauth/device`

type Form = Readonly<Record<string, string>>
type Body = Readonly<Record<string, unknown>>

function deviceFlow(server: Partial<AuthorizationServerOptions> = {}, options: FlowOptions = {}): Flow {
  return signInFlow({ ...options, server: { deviceAuthorization: true, ...server } })
}

const registerDevice = (flow: Flow, grantTypes = [grantType, 'refresh_token']) =>
  flow.register({
    client_name: 'Television',
    redirect_uris: undefined,
    grant_types: grantTypes,
    response_types: undefined,
  })

async function post(flow: Flow, path: string, form: Form): Promise<{ status: number; body: Body }> {
  const request = new Request(publicUrl + path, { method: 'POST', body: new URLSearchParams(form) })
  const response = await flow.fetch(request)
  return { status: response.status, body: (await response.json()) as Body }
}

interface Begun {
  readonly clientId: string
  readonly userCode: string
  readonly link: string
  readonly body: Body
  /** Asks the token endpoint. */
  readonly poll: (more?: Form) => Promise<{ status: number; body: Body }>
}

async function begin(
  flow: Flow,
  form: Form = { resource: demoUrl },
  path = '',
  grantTypes?: string[],
): Promise<Begun> {
  const clientId = await registerDevice(flow, grantTypes)
  const { status, body } = await post(flow, `/oauth/device/authorization${path}`, {
    client_id: clientId,
    ...form,
  })
  if (status !== 200) throw new Error(JSON.stringify(body))
  return {
    clientId,
    body,
    userCode: String(body['user_code']),
    link: String(body['verification_uri_complete']),
    poll: (more) =>
      post(flow, '/oauth/token', {
        grant_type: grantType,
        client_id: clientId,
        device_code: String(body['device_code']),
        ...more,
      }),
  }
}

const allow = async (flow: Flow, { link }: Begun, browser = flow.browser): Promise<Page> =>
  (await browser.open(link)).submit({}, { button: 'Allow' })

describe('device authorization', () => {
  it('signs a device in by a code that its user types (RFC 8628)', async () => {
    const flow = deviceFlow()
    const device = await begin(flow)
    expect(device.body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/) as string,
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/) as string,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${device.userCode}`,
      expires_in: 600,
      interval: 5,
    })
    expect(await device.poll()).toMatchObject({ status: 400, body: { error: 'authorization_pending' } })

    const form = await flow.browser.open(page)
    expect(form.text).toContain('Enter the code that your device shows')
    const asked = await form.submit({ user_code: device.userCode.toLowerCase().replace('-', ' ') })
    expect(asked.text).toContain('An app on another device wants to use Demo')
    expect(asked.text).toMatch(/It calls itself “\s*Television\s*”/)
    expect(asked.text).toContain(device.userCode)
    expect(asked.text).toContain('Ada Lovelace · ada@example.com')
    const done = await asked.submit({}, { button: 'Allow' })
    expect(done.text).toContain('Go back to your device')

    flow.clock.advance(5)
    const { status, body } = await device.poll()
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'mcp:tools', expires_in: 900 })
    const token = await flow.server.verifyAccessToken(String(body['access_token']), demoUrl)
    expect(token).toMatchObject({ clientId: device.clientId, scopes: ['mcp:tools'] })
    const refreshed = await post(flow, '/oauth/token', {
      grant_type: 'refresh_token',
      client_id: device.clientId,
      refresh_token: String(body['refresh_token']),
    })
    expect(refreshed.status).toBe(200)
    const [grant] = await flow.server.describeGrants(token?.subject ?? '')
    expect(grant).toMatchObject({ client: { name: 'Television', host: undefined }, offline: true })
  })

  it.each([
    [[grantType], false],
    [[grantType, 'refresh_token'], true],
  ])(
    'D06 gives a refresh token as its user was told: registered for %j then, and for both since',
    async (grantTypes, lasting) => {
      const flow = deviceFlow()
      const device = await begin(flow, { resource: demoUrl }, '', grantTypes)
      const asked = await flow.browser.open(device.link)
      expect(asked.text.includes('Stay connected while you are away')).toBe(lasting)
      await asked.submit({}, { button: 'Allow' })
      const { storage } = flow.server.context
      const stored = await storage.get(['client', device.clientId])
      const both = [grantType, 'refresh_token']
      await storage.set(['client', device.clientId], {
        value: { ...(stored?.value as object), grantTypes: both },
      })
      const { status, body } = await device.poll()
      expect([status, 'refresh_token' in body]).toEqual([200, lasting])
    },
  )

  it('gives its answer once, over all nodes and in parallel', async () => {
    const flow = deviceFlow()
    const device = await begin(flow)
    await allow(flow, device)
    const answers = await Promise.all([device.poll(), device.poll(), device.poll()])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400])
    expect((await device.poll()).body).toMatchObject({ error: 'invalid_grant' })
  })

  it.each([
    ['grant', 'the access of the user', () => ({})],
    ['consent', 'the access of the user', () => ({})],
    ['grant', 'that of the client alone', (clientId: string) => ({ clientId })],
    ['consent', 'that of the client alone', (clientId: string) => ({ clientId })],
  ] as const)(
    'AS-82 gives nothing when, right before the %s is written, an operator ends %s',
    async (kind, _what, only) => {
      const { storage, interrupt } = interruptedStorage(kind)
      const flow = deviceFlow({}, { storage })
      const device = await begin(flow)
      const asked = await flow.browser.open(device.link)
      const subject = flow.events.findLast((event) => event.subject !== undefined)?.subject ?? ''
      interrupt(() => flow.server.revokeAccess({ subject, ...only(device.clientId) }))
      await asked.submit({}, { button: 'Allow' })
      expect(await flow.server.listGrants(subject)).toEqual([])
      expect(await device.poll()).toMatchObject({ status: 400, body: { error: 'authorization_pending' } })
    },
  )

  it('tells the device when its user does not allow it', async () => {
    const flow = deviceFlow()
    const device = await begin(flow)
    const done = await (await flow.browser.open(device.link)).submit({}, { button: 'Cancel' })
    expect(done.text).toContain('Nothing was shared with the device')
    expect(await device.poll()).toMatchObject({ status: 400, body: { error: 'access_denied' } })
    expect((await device.poll()).body).toMatchObject({ error: 'invalid_grant' })
    expect(flow.events).toContainEqual(expect.objectContaining({ name: 'consent.denied' }))
  })

  it('slows a device down that asks too often, and goes on when it keeps to it (§3.5)', async () => {
    const flow = deviceFlow()
    const device = await begin(flow)
    const errorOf = async () => (await device.poll()).body['error']
    expect(await errorOf()).toBe('authorization_pending')
    flow.clock.advance(2)
    expect(await errorOf()).toBe('slow_down')
    flow.clock.advance(5)
    expect(await errorOf()).toBe('slow_down')
    flow.clock.advance(15)
    expect(await errorOf()).toBe('authorization_pending')
    await allow(flow, device)
    expect((await device.poll()).status).toBe(200)
  })

  it('ends with its time: the code works no longer, and the device is told', async () => {
    const flow = deviceFlow()
    const [first, second] = [await begin(flow), await begin(flow)]
    await allow(flow, second)
    flow.clock.advance(600)
    const gone = await flow.browser.open(first.link)
    expect(gone.status).toBe(400)
    expect(gone.text).toContain('No device is waiting with this code')
    expect((await first.poll()).body).toMatchObject({ error: 'expired_token' })
    expect((await second.poll()).body).toMatchObject({ error: 'expired_token' })
  })

  it('takes a code once: no second user can decide about the same device', async () => {
    const flow = deviceFlow()
    const device = await begin(flow)
    const early = await flow.browser.open(device.link)
    const other = flow.otherBrowser()
    await allow(flow, device, other)
    const late = await early.submit({}, { button: 'Cancel' })
    expect(late.text).toContain('No device is waiting with this code')
    expect((await device.poll()).status).toBe(200)
  })

  it('is for the client that began, and for the resource that was allowed', async () => {
    const flow = deviceFlow()
    const device = await begin(flow)
    await allow(flow, device)
    const stranger = await registerDevice(flow)
    expect((await device.poll({ client_id: stranger })).body).toMatchObject({ error: 'invalid_grant' })
    expect((await device.poll({ resource: notesUrl })).body).toMatchObject({ error: 'invalid_target' })
    expect((await device.poll({ device_code: 'x' })).body).toMatchObject({ error: 'invalid_grant' })
    expect((await device.poll({ device_code: '' })).body).toMatchObject({ error: 'invalid_request' })
    expect((await device.poll({ resource: demoUrl })).status).toBe(200)
  })

  it('is revoked with the access of its user before the device has asked', async () => {
    const flow = deviceFlow()
    const device = await begin(flow)
    await allow(flow, device)
    const { subject = '' } = flow.events.find(({ name }) => name === 'consent.approved') ?? {}
    await flow.server.revokeAccess({ subject })
    expect((await device.poll()).body).toMatchObject({ error: 'invalid_grant' })
  })

  it('AS-31 AS-33 names its resource by parameter or by path, and asks for known scopes', async () => {
    const flow = deviceFlow()
    const clientId = await registerDevice(flow)
    const ask = async (form: Form, path = '') =>
      (await post(flow, `/oauth/device/authorization${path}`, { client_id: clientId, ...form })).body['error']
    expect(await ask({})).toBe('invalid_target')
    expect(await ask({ resource: 'https://other.example/mcp' })).toBe('invalid_target')
    expect(await ask({ resource: notesUrl }, '/mcp/demo')).toBe('invalid_target')
    expect(await ask({}, '/mcp/nowhere')).toBe('invalid_target')
    expect(await ask({ scope: 'nothing' }, '/mcp/demo')).toBe('invalid_scope')
    expect(await ask({}, '/mcp/demo')).toBeUndefined()
  })

  it('is for clients that registered the grant', async () => {
    const flow = deviceFlow()
    const clientId = await flow.register()
    const refused = await post(flow, '/oauth/device/authorization', {
      client_id: clientId,
      resource: demoUrl,
    })
    expect(refused).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } })
    const unknown = await post(flow, '/oauth/device/authorization', { client_id: 'x', resource: demoUrl })
    expect(unknown).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })
})

describe('the page of a device', () => {
  it('AS-71 limits how many codes one user may try (RFC 8628 §5.1)', async () => {
    const flow = deviceFlow({ rateLimits: { userCodes: 3 } })
    const device = await begin(flow)
    for (const code of ['BBBB-BBBB', 'CCCC-CCCC', 'DDDD-DDDD']) {
      expect((await flow.browser.open(`${page}?user_code=${code}`)).status).toBe(400)
    }
    const limited = await flow.browser.open(device.link)
    expect(limited.status).toBe(429)
    expect(limited.text).toContain('Too many attempts')
    flow.clock.advance(60)
    expect((await flow.browser.open(device.link)).status).toBe(200)
  })

  it('SEC-03 takes a decision only from its own form, for the same code and user', async () => {
    const flow = deviceFlow()
    const [device, other] = [await begin(flow), await begin(flow)]
    const asked = await flow.browser.open(device.link)
    const csrf = asked.forms[0]?.fields.find(({ name }) => name === 'csrf')?.value ?? ''
    const send = async (fields: Form, from = page) =>
      (await flow.browser.post(page, { decision: 'approve', ...fields }, { from })).status
    expect(await send({ user_code: device.userCode, csrf: 'x' })).toBe(403)
    expect(await send({ user_code: other.userCode, csrf })).toBe(403)
    expect(await send({ user_code: device.userCode, csrf }, 'https://evil.example/')).toBe(403)
    expect((await device.poll()).body).toMatchObject({ error: 'authorization_pending' })
    expect(await send({ user_code: device.userCode, csrf })).toBe(200)
    expect((await device.poll()).status).toBe(200)
  })

  it('SEC-04 may be loaded twice, and decides nothing by being looked at', async () => {
    const flow = deviceFlow()
    const device = await begin(flow)
    const first = await flow.browser.open(device.link)
    await flow.browser.open(device.link)
    expect((await device.poll()).body).toMatchObject({ error: 'authorization_pending' })
    expect((await first.submit({}, { button: 'Allow' })).text).toContain('Go back to your device')
  })

  it('waits for the upstream accounts that the resource needs', async () => {
    let connected = false
    const flow = deviceFlow({
      requirements: async () => [
        { id: 'linear', displayName: 'Linear', connected, connectUrl: '/auth/connections/linear/connect' },
      ],
    })
    const device = await begin(flow)
    const asked = await flow.browser.open(device.link)
    expect(asked.text).toContain('Connect the missing accounts')
    const csrf = asked.forms[0]?.fields.find(({ name }) => name === 'csrf')?.value ?? ''
    await flow.browser.post(page, { decision: 'approve', user_code: device.userCode, csrf }, { from: page })
    expect((await device.poll()).body).toMatchObject({ error: 'authorization_pending' })
    connected = true
    await allow(flow, device)
    flow.clock.advance(5)
    expect((await device.poll()).status).toBe(200)
  })

  it('sends its headers with every answer, and none for scripts of other sites (AS-39, AS-40)', async () => {
    const flow = deviceFlow()
    const response = await flow.fetch(new Request(page))
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('the option deviceAuthorization', () => {
  it('switches endpoint, page, grant and metadata on', async () => {
    const metadata = async (flow: Flow, path = '') =>
      (await (
        await flow.fetch(new Request(`${publicUrl}/.well-known/oauth-authorization-server${path}`))
      ).json()) as Body
    const on = deviceFlow()
    expect(await metadata(on)).toMatchObject({
      device_authorization_endpoint: `${page}/authorization`,
      grant_types_supported: ['authorization_code', 'refresh_token', grantType],
    })
    expect(await metadata(on, '/mcp/demo')).toMatchObject({
      device_authorization_endpoint: `${page}/authorization/mcp/demo`,
    })
    const off = signInFlow()
    expect(await metadata(off)).not.toHaveProperty('device_authorization_endpoint')
    expect((await off.fetch(new Request(page))).status).toBe(404)
    expect((await post(off, '/oauth/device/authorization', {})).status).toBe(404)
    const clientId = await off.register({ grant_types: ['authorization_code', grantType] })
    const asked = await post(off, '/oauth/token', {
      grant_type: grantType,
      client_id: clientId,
      device_code: 'x',
    })
    expect(asked.body).toMatchObject({ error: 'unsupported_grant_type' })
    await expect(registerDevice(off)).rejects.toThrow()
  })

  it('is needed by a configured client with the grant', () => {
    const clients = [{ clientId: 'tv', name: 'TV', grantTypes: [grantType] as const }]
    expect(() => signInFlow({ server: { clients } })).toThrow(
      'clients["tv"].grantTypes needs device authorization',
    )
    expect(() => deviceFlow({ clients })).not.toThrow()
  })
})

describe('user codes', () => {
  it('have eight letters of twenty, all about equally often, and none comes back', () => {
    const random = createRandomText()
    const codes = Array.from({ length: 2000 }, () => newUserCode(random))
    expect(codes.every((code) => /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(code))).toBe(true)
    expect(new Set(codes).size).toBe(2000)
    const counts = new Map<string, number>()
    for (const letter of codes.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(20)
    // 800 each on average; a bias of the remainder would be a seventh.
    expect([...counts.values()].every((count) => count > 640 && count < 960)).toBe(true)
  })

  it('are read however they are typed, and nothing else is', () => {
    const random = createRandomText()
    const code = newUserCode(random)
    expect(parseUserCode(` ${displayUserCode(code).toLowerCase()} `)).toBe(code)
    expect(parseUserCode(code.split('').join(' '))).toBe(code)
    const anything = fc.property(fc.string({ unit: 'binary' }), (typed) => {
      const parsed = parseUserCode(typed)
      return parsed === undefined || /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(parsed)
    })
    expect(fc.check(anything)).toMatchObject({ failed: false, counterexample: null })
    expect([parseUserCode('BBBB-BBB'), parseUserCode('AAAA-AAAA'), parseUserCode('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
