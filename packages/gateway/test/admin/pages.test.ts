import { createScriptedBrowser, createScriptedUpstream } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import type { GatewayOptions } from '../../src/index.ts'
import { demoUrl, publicUrl } from '../test-gateway.ts'
import { linear, shared } from '../upstream-account.ts'
import { adminGateway, adminOrigin, adminToken } from './admin-gateway.ts'

/** A gateway whose user has allowed one client, and the browser of an operator. */
async function operated(options: Partial<GatewayOptions> = {}) {
  const upstream = createScriptedUpstream()
  const peers = adminGateway(options, { others: upstream.servers })
  const connection = await peers.client.connect(demoUrl)
  const operator = createScriptedBrowser({
    fetch: (request) => peers.gateway.admin.fetch(request, { clientAddress: '127.0.0.1' }),
    clock: peers.clock,
  })
  const signIn = async (token = adminToken) => (await operator.open(`${adminOrigin}/admin`)).submit({ token })
  /** The same with the cookies of the operator, and nothing else of a browser. */
  const post = (path: string, form: Readonly<Record<string, string>>, headers: Record<string, string> = {}) =>
    peers.admin(path, {
      method: 'POST',
      headers: {
        cookie: operator
          .cookies(adminOrigin)
          .map(({ name, value }) => `${name}=${value}`)
          .join('; '),
        ...headers,
      },
      body: new URLSearchParams(form),
    })
  return { ...peers, upstream, connection, operator, signIn, post }
}

describe('the admin pages', () => {
  it('are for whoever has the admin token', async () => {
    const { operator, signIn, events } = await operated()
    const page = await operator.open(`${adminOrigin}/`)
    expect(page.url).toBe(`${adminOrigin}/admin/sign-in`)
    const refused = await signIn(`${adminToken}x`)
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('not the admin token')])
    const users = await signIn()
    expect([users.url, users.text]).toEqual([
      `${adminOrigin}/admin`,
      expect.stringContaining('Ada Lovelace · ada@example.com'),
    ])
    expect(events.map(({ name }) => name).filter((name) => name.startsWith('admin.'))).toEqual([
      'admin.refused',
      'admin.signed_in',
    ])
  })

  it('AS-71 share the limit of wrong tokens with the API', async () => {
    const { signIn, operator, clock } = await operated()
    for (let guess = 0; guess < 10; guess += 1) expect((await signIn('wrong')).status).toBe(401)
    const limited = await signIn()
    expect([limited.status, limited.text]).toEqual([429, expect.stringContaining('Too many wrong tokens')])
    expect(operator.cookies(adminOrigin)).toEqual([])
    clock.advance(60)
    expect((await signIn()).status).toBe(200)
  })

  it('keep the sign-in for half an hour, in this browser alone, until it signs out', async () => {
    const { operator, signIn, clock } = await operated()
    await signIn()
    clock.advance(1799)
    expect((await operator.open(`${adminOrigin}/admin`)).url).toBe(`${adminOrigin}/admin`)
    clock.advance(1)
    expect((await operator.open(`${adminOrigin}/admin`)).url).toBe(`${adminOrigin}/admin/sign-in`)
    const users = await signIn()
    const out = await users.submit({}, { button: 'Sign out' })
    expect(out.url).toBe(`${adminOrigin}/admin/sign-in`)
    expect((await operator.open(`${adminOrigin}/admin/traces`)).url).toBe(`${adminOrigin}/admin/sign-in`)
  })

  it('end the sign-in with the token that it was made with', async () => {
    const { operator, signIn } = await operated()
    await signIn()
    const [{ name, value } = { name: '', value: '' }] = operator.cookies(adminOrigin)
    const headers = { cookie: `${name}=${value}` }
    const { admin } = adminGateway({ admin: { token: `${adminToken}2` } })
    expect((await admin('/admin', { headers })).status).toBe(303)
    const same = adminGateway()
    expect((await same.admin('/admin', { headers })).status).toBe(200)
    const changed = { cookie: `${name}=${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}` }
    expect((await same.admin('/admin', { headers: changed })).status).toBe(303)
  })

  it.each([
    [
      'http://127.0.0.1:9100',
      '127.0.0.1:9100',
      /^portico-operator=[^;]+; Max-Age=1800; Path=\/; HttpOnly; SameSite=Strict$/,
    ],
    [
      'https://admin.example.com',
      'admin.example.com',
      /^__Host-portico-operator=[^;]+; Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    ],
  ])('SEC-07 keep it in a cookie that no other site can send or plant: %s', async (_, host, cookie) => {
    const { admin } = adminGateway({ admin: { token: adminToken, url: 'https://admin.example.com' } })
    const body = new URLSearchParams({ token: adminToken })
    const response = await admin('/admin/sign-in', { method: 'POST', headers: { host }, body })
    expect(response.headers.get('set-cookie')).toMatch(cookie)
  })

  it('take no token over plain http from another machine', async () => {
    const { admin } = adminGateway()
    const headers = { host: '10.1.2.3:9100' }
    const body = new URLSearchParams({ token: adminToken })
    for (const response of [
      await admin('/admin/sign-in', { headers }),
      await admin('/admin/sign-in', { method: 'POST', headers, body }),
    ]) {
      expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null])
      expect(await response.text()).not.toContain('<form')
    }
  })

  it('E05 allow no script, no frame, and no form to go elsewhere', async () => {
    const { admin } = adminGateway()
    const { headers } = await admin('/admin/sign-in')
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'$/,
    )
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('find a user, and end what they allowed', async () => {
    const { operator, signIn, connection, events } = await operated()
    await signIn()
    const found = await operator.open(`${adminOrigin}/admin?search=ada%40example.com`)
    const user = await found.follow('Ada Lovelace · ada@example.com')
    expect(user.text).toContain('Scripted client')
    expect(user.text).not.toContain(connection.tokens.accessToken)
    const after = await user.submit({}, { button: 'Withdraw access' })
    expect([after.url, after.text]).toEqual([user.url, expect.stringContaining('No app has access.')])
    expect((await connection.call('tools/list')).status).toBe(401)
    expect(events.findLast(({ name }) => name === 'admin.acted')).toMatchObject({
      detail: { actor: 'admin', action: 'revoke_grant' },
    })
    expect((await operator.open(`${adminOrigin}/admin?search=nobody`)).text).toContain('No users were found.')
  })

  it('AS-83 disconnect an account of a user, and one that everybody shares', async () => {
    const { operator, signIn, browser, idp, client, upstream } = await operated({
      connections: [linear, shared],
    })
    const account = await browser.open(`${publicUrl}/account`)
    await (await account.follow('Connect Linear')).submit({}, { button: /Continue to Linear/ })
    const list = await signIn()
    const user = await list.follow('Ada Lovelace · ada@example.com')
    expect(user.text).toMatch(/Linear Connected/)
    expect((await user.submit({}, { form: 'disconnect-linear' })).text).toMatch(/Linear Not connected/)
    expect(upstream.refreshTokens).toHaveLength(1)
    expect(upstream.revoked).toContain(upstream.refreshTokens[0])

    idp.signInAs({ sub: 'root', groups: ['admins'] })
    browser.clearCookies()
    await client.connect(demoUrl)
    await (
      await browser.open(`${publicUrl}/auth/connections/team/connect`)
    ).submit({}, { button: /Continue to Team/ })
    const users = await operator.open(`${adminOrigin}/admin`)
    expect(users.text).toMatch(/Team Connected/)
    expect(users.links.map(({ href }) => href)).toContain(`${publicUrl}/auth/connections/team/connect`)
    expect((await users.submit({}, { form: 'disconnect-team' })).text).toMatch(/Team Not connected/)
  })

  it('end the access of a client, and everything up to a time, once that is confirmed', async () => {
    const { operator, signIn, connection, client, clock, events } = await operated()
    await signIn()
    const url = `${adminOrigin}/admin/access`
    const clientId = connection.client.clientId
    const submit = async (form: Readonly<Record<string, string>>) =>
      (await operator.open(url)).submit(form, { button: 'End all access' })
    for (const form of [{ client_id: clientId }, { confirmed: 'yes' }, { before: 'x', confirmed: 'yes' }]) {
      const refused = await submit(form)
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('tick the box')])
    }
    const future = await submit({ before: '2099-01-01T00:00', confirmed: 'yes' })
    expect([future.status, future.text]).toEqual([400, expect.stringContaining('in the future')])
    expect((await connection.call('tools/list')).status).toBe(200)

    const ended = await submit({ client_id: clientId, confirmed: 'yes' })
    expect([ended.status, ended.text]).toEqual([200, expect.stringContaining('Access was ended.')])
    expect((await connection.call('tools/list')).status).toBe(401)

    clock.advance(60)
    const second = await client.connect(demoUrl)
    // 1,800,000,000 is 2027-01-15T08:00:00Z.
    await submit({ before: '2027-01-15T08:00', confirmed: 'yes' })
    expect((await second.call('tools/list')).status).toBe(200)
    await submit({ before: '2027-01-15T08:01', confirmed: 'yes' })
    expect((await second.call('tools/list')).status).toBe(401)
    expect(events.filter(({ name }) => name === 'admin.acted')).toMatchObject([
      { clientId, detail: { action: 'revoke_access' } },
      { detail: { before: 1_800_000_000 } },
      { detail: { before: 1_800_000_060 } },
    ])
  })

  it('end everything of a user at once', async () => {
    const { signIn, connection, browser } = await operated()
    const user = await (await signIn()).follow('Ada Lovelace · ada@example.com')
    await user.submit({}, { button: 'End all access' })
    expect((await connection.call('tools/list')).status).toBe(401)
    expect((await browser.open(`${publicUrl}/account`)).url).toBe(`${publicUrl}/account`)
  })

  it('say what became of an attempt, by its reference', async () => {
    const { operator, signIn, gateway } = await operated()
    await gateway.finish()
    await signIn()
    const all = await operator.open(`${adminOrigin}/admin/traces?status=all`)
    const attempt = await operator.open(
      all.links.find(({ href }) => /\/admin\/traces\/\w/.test(href))?.href ?? '',
    )
    expect(attempt.text).toContain('What happened')
    expect(attempt.text).toContain('token.issued')
    const reference = attempt.url.split('/').at(-1) ?? ''
    const typed = await (
      await operator.open(`${adminOrigin}/admin/traces`)
    ).submit({ id: reference }, { button: 'Open' })
    expect(typed.url).toBe(attempt.url)
    const unknown = await operator.open(`${adminOrigin}/admin/traces?id=nothing`)
    expect([unknown.status, unknown.text]).toEqual([
      404,
      expect.stringContaining('no attempt with this reference'),
    ])
  })

  it('have a page for what is not there', async () => {
    const { operator, signIn } = await operated()
    await signIn()
    for (const path of ['/admin/users/nobody', '/admin/traces/nothing', '/admin/traces?after=x']) {
      const page = await operator.open(adminOrigin + path)
      expect([page.status, page.text]).toEqual([404, expect.stringContaining('There is no such entry')])
    }
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['without the token of the form', { csrf: '' }, {}],
    ['with one made up', { csrf: 'x'.repeat(43) }, {}],
    ['from another site', {}, { 'sec-fetch-site': 'cross-site' }],
    ['from another port of this machine', {}, { 'sec-fetch-site': 'same-site' }],
    ['from another origin', {}, { origin: publicUrl }],
  ])('E01 do nothing for a form %s', async (_, fields, headers) => {
    const { signIn, post, connection } = await operated()
    const user = await (await signIn()).follow('Ada Lovelace · ada@example.com')
    const path = new URL(user.url).pathname
    const csrf = user.forms.at(-1)?.fields.find(({ name }) => name === 'csrf')?.value ?? ''
    expect((await post(path, { csrf, do: 'end', ...fields }, headers)).status).toBe(403)
    expect((await connection.call('tools/list')).status).toBe(200)
    expect((await post(path, { csrf, do: 'end' })).status).toBe(303)
    expect((await connection.call('tools/list')).status).toBe(401)
  })

  it('do nothing for a form of another session, nor for a button that is none', async () => {
    const { operator, signIn, post, connection } = await operated()
    const before = await (await signIn()).follow('Ada Lovelace · ada@example.com')
    const path = new URL(before.url).pathname
    const csrf = before.forms.at(-1)?.fields.find(({ name }) => name === 'csrf')?.value ?? ''
    expect((await post(path, { csrf, do: 'everything' })).status).toBe(404)
    operator.clearCookies()
    await signIn()
    expect((await post(path, { csrf, do: 'end' })).status).toBe(403)
    expect((await connection.call('tools/list')).status).toBe(200)
  })

  it('speak the language of their reader', async () => {
    const { admin } = adminGateway()
    const german = await admin('/admin/sign-in', { headers: { 'accept-language': 'de' } })
    expect(await german.text()).toContain('Als Betreiber anmelden')
  })
})
