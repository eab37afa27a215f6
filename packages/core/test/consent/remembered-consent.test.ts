import type { Overrides, Page } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import {
  demoUrl,
  hostedUri,
  loopbackUri,
  notesUrl,
  signInFlow,
  type Flow,
  type FlowOptions,
} from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

const month = 30 * 86_400
const remembering: FlowOptions = {
  provider: { settings: { sessionTtlSeconds: 365 * 86_400 } },
  server: {
    rememberConsentSeconds: month,
    sessionTtlSeconds: 365 * 86_400,
    registration: { unusedClientTtlSeconds: 365 * 86_400 },
  },
}

interface Client {
  readonly redirectUri: string
  readonly clientId: string
  readonly resource?: string
}

async function ask(flow: Flow, client: Client, overrides: Overrides = {}, from?: string): Promise<Page> {
  const { redirectUri, clientId, resource } = client
  const options = { clientId, ...(resource !== undefined && { resource }) }
  const { url } = await flow.request({ redirect_uri: redirectUri, ...overrides }, options)
  return flow.browser.open(url, from === undefined ? {} : { from })
}

/** A client whose user has allowed it and asked not to be asked again. */
async function rememberedClient(options: FlowOptions = remembering): Promise<{ flow: Flow; client: Client }> {
  const flow = signInFlow(options)
  const clientId = await flow.register({ redirect_uris: [hostedUri] })
  const client = { clientId, redirectUri: hostedUri }
  const page = await ask(flow, client)
  await page.submit({ remember: true }, { button: 'Allow' })
  return { flow, client }
}

function wasAsked(page: Page): boolean {
  if (page.stopped && page.parameters.has('code')) return false
  if (page.text.includes('wants to use')) return true
  throw new Error(`Neither asked nor answered: ${page.url} ${page.text}`)
}

describe('AS-43 remembering consent', () => {
  it('is off unless the operator turns it on', async () => {
    const flow = signInFlow()
    const clientId = await flow.register({ redirect_uris: [hostedUri] })
    const page = await ask(flow, { clientId, redirectUri: hostedUri })
    expect(page.text).not.toContain('Do not ask again')
  })

  it('happens only when the user asks for it', async () => {
    const flow = signInFlow(remembering)
    const clientId = await flow.register({ redirect_uris: [hostedUri] })
    const client = { clientId, redirectUri: hostedUri }
    const page = await ask(flow, client)
    expect(page.text).toContain('Do not ask again for this app for 30 days')
    await page.submit({}, { button: 'Allow' })
    expect(wasAsked(await ask(flow, client))).toBe(true)
  })

  it('spares the question for the same client, place, resource and scopes', async () => {
    const { flow, client } = await rememberedClient()
    const page = await ask(flow, client)
    expect(page.url).toContain(`${hostedUri}?code=`)
    expect(flow.events.at(-1)).toMatchObject({ name: 'consent.remembered', outcome: 'success' })
  })

  it('lets prompt=none succeed', async () => {
    const { flow, client } = await rememberedClient()
    expect((await ask(flow, client, { prompt: 'none' })).parameters.has('code')).toBe(true)
  })

  it('ends after its time', async () => {
    const { flow, client } = await rememberedClient()
    flow.clock.advance(month - 1)
    expect(wasAsked(await ask(flow, client))).toBe(false)
    flow.clock.advance(1)
    expect(wasAsked(await ask(flow, client))).toBe(true)
  })

  it.each([
    ['loopback', loopbackUri],
    ['localhost', 'http://localhost:3118/callback'],
    ['a private scheme', 'cursor://anysphere.cursor-mcp/oauth/callback'],
  ])('is never offered, nor done, for a public client on %s', async (_, redirectUri) => {
    const flow = signInFlow({ ...remembering, redirectUri })
    const clientId = await flow.register({ redirect_uris: [redirectUri] })
    const client = { clientId, redirectUri }
    const page = await ask(flow, client)
    expect(page.text).not.toContain('Do not ask again')
    const fields = Object.fromEntries(page.forms.at(-1)!.fields.map(({ name, value }) => [name, value ?? '']))
    const cookie = flow.browser
      .cookies(publicUrl)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const body = new URLSearchParams({ ...fields, decision: 'approve', remember: '1' })
    await flow.server.fetch(
      new Request(`${publicUrl}/oauth/setup`, { method: 'POST', body, headers: { cookie } }),
    )
    const approved = flow.events.at(-1)
    expect(approved?.name).toBe('consent.approved')
    const consents = await flow.server.context.storage.list(`consents:${approved?.subject}`)
    expect(consents).toHaveLength(1)
    expect(JSON.stringify(consents)).not.toContain('rememberedUntil')
    expect(wasAsked(await ask(flow, client))).toBe(true)
  })

  it('is offered to a client on loopback that proves itself by a secret', async () => {
    const flow = signInFlow(remembering)
    const clientId = await flow.register({ token_endpoint_auth_method: 'client_secret_basic' })
    const client = { clientId, redirectUri: loopbackUri }
    await (await ask(flow, client)).submit({ remember: true }, { button: 'Allow' })
    expect(wasAsked(await ask(flow, client))).toBe(false)
  })
})

describe('a remembered consent does not count', () => {
  it('once the operator has turned remembering off', async () => {
    const { flow, client } = await rememberedClient()
    const off = signInFlow({ storage: () => flow.server.context.storage })
    const page = await ask(off, client)
    expect(wasAsked(page)).toBe(true)
  })

  it.each<[string, (client: Client) => [Client, Overrides]]>([
    ['for another resource', (client) => [{ ...client, resource: notesUrl }, {}]],
    ['with prompt=consent', (client) => [client, { prompt: 'consent' }]],
  ])('%s', async (_, change) => {
    const { flow, client } = await rememberedClient()
    expect(wasAsked(await ask(flow, ...change(client)))).toBe(true)
  })

  it('for wider scopes, and does for narrower ones', async () => {
    const flow = signInFlow(remembering)
    const clientId = await flow.register({ redirect_uris: [hostedUri] })
    const client = { clientId, redirectUri: hostedUri, resource: notesUrl }
    await (await ask(flow, client, { scope: 'notes:read' })).submit({ remember: true }, { button: 'Allow' })
    expect(wasAsked(await ask(flow, client, { scope: 'notes:read' }))).toBe(false)
    const wider = await ask(flow, client, { scope: 'notes:read notes:write' })
    expect(wasAsked(wider)).toBe(true)
    await wider.submit({ remember: true }, { button: 'Allow' })
    expect(wasAsked(await ask(flow, client, { scope: 'notes:write' }))).toBe(false)
  })

  it('D06 for access without an end, where what was allowed had one', async () => {
    const flow = signInFlow(remembering)
    const clientId = await flow.register({
      redirect_uris: [hostedUri],
      grant_types: ['authorization_code'],
    })
    const client = { clientId, redirectUri: hostedUri }
    const lasting = 'Stay connected while you are away'
    const short = await ask(flow, client)
    expect(short.text).not.toContain(lasting)
    await short.submit({ remember: true }, { button: 'Allow' })
    expect(wasAsked(await ask(flow, client))).toBe(false)
    const long = await ask(flow, client, { scope: 'mcp:tools offline_access' })
    expect(wasAsked(long)).toBe(true)
    expect(long.text).toContain(lasting)
    await long.submit({ remember: true }, { button: 'Allow' })
    expect(wasAsked(await ask(flow, client, { scope: 'mcp:tools offline_access' }))).toBe(false)
    expect(wasAsked(await ask(flow, client))).toBe(false)
  })

  it('D06 for access without an end of a client that has taken up refresh tokens since', async () => {
    const flow = signInFlow(remembering)
    const clientId = await flow.register({
      redirect_uris: [hostedUri],
      grant_types: ['authorization_code'],
    })
    const client = { clientId, redirectUri: hostedUri }
    await (await ask(flow, client)).submit({ remember: true }, { button: 'Allow' })
    const { storage } = flow.server.context
    const stored = await storage.get(['client', clientId])
    const grantTypes = ['authorization_code', 'refresh_token']
    await storage.set(['client', clientId], { value: { ...(stored?.value as object), grantTypes } })
    expect(wasAsked(await ask(flow, client))).toBe(true)
  })

  it('for another redirect URI of the same client', async () => {
    const flow = signInFlow(remembering)
    const other = `${hostedUri}/other`
    const clientId = await flow.register({ redirect_uris: [hostedUri, other] })
    await (
      await ask(flow, { clientId, redirectUri: hostedUri })
    ).submit({ remember: true }, { button: 'Allow' })
    expect(wasAsked(await ask(flow, { clientId, redirectUri: other }))).toBe(true)
  })

  it('for another client that looks the same', async () => {
    const { flow } = await rememberedClient()
    const clientId = await flow.register({ redirect_uris: [hostedUri] })
    expect(wasAsked(await ask(flow, { clientId, redirectUri: hostedUri }))).toBe(true)
  })

  it('for another user of the same browser', async () => {
    const { flow, client } = await rememberedClient()
    flow.idp.signInAs({ sub: 'bob', name: 'Bob' })
    const page = await ask(flow, client, { prompt: 'select_account' })
    expect(page.text).toContain('Signed in as Bob')
    expect(wasAsked(page)).toBe(true)
  })

  it.each([
    ['name', { name: 'Another name' }],
    ['redirect URIs', { redirectUris: [hostedUri, 'https://evil.example/callback'] }],
    ['authentication', { authMethod: 'client_secret_post' }],
  ])('CIMD-21 once the client has another %s', async (_, change) => {
    const { flow, client } = await rememberedClient()
    const { storage } = flow.server.context
    const stored = await storage.get(['client', client.clientId])
    await storage.set(['client', client.clientId], { value: { ...(stored?.value as object), ...change } })
    expect(wasAsked(await ask(flow, client))).toBe(true)
  })

  it('while an account that is needed is not connected', async () => {
    let connected = true
    const requirements = () =>
      Promise.resolve([{ id: 'a', displayName: 'A', connected, connectUrl: '/connect/a' }])
    const { flow, client } = await rememberedClient({
      ...remembering,
      server: { ...remembering.server, requirements },
    })
    connected = false
    expect((await ask(flow, client)).text).toContain('Connect A')
  })

  it('AS-44 E03 when another site led the browser here, or it does not say', async () => {
    const { flow, client } = await rememberedClient()
    expect(wasAsked(await ask(flow, client, {}, 'https://evil.example/'))).toBe(true)
    expect(wasAsked(await ask(flow, client, {}, 'https://sub.example.com/'))).toBe(true)
    expect(wasAsked(await ask(flow, client, {}, `${publicUrl}/account`))).toBe(false)

    const { url } = await flow.request({ redirect_uri: hostedUri }, { clientId: client.clientId })
    const cookie = (): string =>
      flow.browser
        .cookies(publicUrl)
        .map(({ name, value }) => `${name}=${value}`)
        .join('; ')
    for (const [site, asked] of [
      [undefined, true],
      ['none', false],
    ] as const) {
      const headers = { cookie: cookie(), ...(site !== undefined && { 'sec-fetch-site': site }) }
      const begun = await flow.server.fetch(new Request(url, { headers }))
      const attempt = begun.headers.getSetCookie().map((line) => line.split(';')[0])
      const next = await flow.server.fetch(
        new Request(new URL(begun.headers.get('location') ?? '', publicUrl), {
          headers: { cookie: [cookie(), ...attempt].join('; ') },
        }),
      )
      expect(next.status).toBe(asked ? 200 : 303)
    }
  })

  it.each([
    ['has allowed', 'Allow', '/oauth/authorize'],
    ['has refused', 'Cancel', '/oauth/%61uthorize/mcp/demo'],
    ['has refused', 'Cancel', '/authorize'],
  ])('AS-44 E03 where the answer to a client that the user %s would begin it', async (_, button, path) => {
    const { flow, client } = await rememberedClient()
    const hidden = await flow.request({ redirect_uri: hostedUri }, { clientId: client.clientId })
    const redirectUri = publicUrl + path + new URL(hidden.url).search
    const refused = await flow.client.steps.register(await flow.client.authorizationServer(demoUrl), {
      redirect_uris: [redirectUri],
    })
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'invalid_redirect_uri' }])
    // A record of an earlier release, or a document, may name it all the same.
    const clientId = await flow.register({ redirect_uris: [`${hostedUri}/evil`] })
    const { storage } = flow.server.context
    const stored = await storage.get(['client', clientId])
    await storage.set(['client', clientId], {
      value: { ...(stored?.value as object), redirectUris: [redirectUri] },
    })
    const page = await ask(flow, { clientId, redirectUri }, {}, 'https://evil.example/')
    const end = page.status === 200 ? await page.submit({}, { button }) : page
    const last = end.links.length > 0 && end.status === 200 ? await end.follow(/./) : end
    expect(last.parameters.has('code')).toBe(false)
    expect([page.status, page.stopped]).toEqual([400, false])
  })

  it('E12 after signing out, whatever was remembered', async () => {
    const { flow, client } = await rememberedClient()
    const logout = await flow.browser.open(`${publicUrl}/oauth/logout`)
    await logout.submit({}, { button: 'Sign out' })
    flow.idp.signInAs({ sub: 'ada', name: 'Ada Lovelace' })
    expect(wasAsked(await ask(flow, client))).toBe(true)
  })
})
