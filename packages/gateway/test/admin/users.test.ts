import { createScriptedUpstream } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import type { GatewayOptions } from '../../src/index.ts'
import { demoUrl, notesUrl, publicUrl } from '../test-gateway.ts'
import { keyed, linear, shared } from '../upstream-account.ts'
import { adminGateway } from './admin-gateway.ts'

interface Users {
  readonly users: readonly { readonly subject: string; readonly grants: number }[]
  readonly next?: string
}

interface User {
  readonly user: { readonly subject: string }
  readonly grants: readonly { readonly id: string }[]
  readonly connections: readonly { readonly upstream: string; readonly status: string }[]
}

/** A gateway whose user has allowed one client. */
async function used(options: Partial<GatewayOptions> = {}) {
  const upstream = createScriptedUpstream()
  const peers = adminGateway(options, { others: upstream.servers })
  const connection = await peers.client.connect(demoUrl)
  const read = async <Body>(path: string) => (await (await peers.call(`/admin/api/${path}`)).json()) as Body
  const [{ subject } = { subject: '' }] = (await read<Users>('users')).users
  const user = () => read<User>(`users/${subject}`)
  const end = (path: string) => peers.call(`/admin/api/users/${subject}/${path}`, { method: 'DELETE' })
  return { ...peers, upstream, connection, read, subject, user, end }
}

describe('users, for an operator', () => {
  it('AS-82 are listed with how many clients have access, and found by address', async () => {
    const { read, subject, client } = await used()
    await client.connect(notesUrl)
    const listed = await read<Users>('users')
    expect(listed).toEqual({
      users: [
        {
          subject,
          name: 'Ada Lovelace',
          email: { address: 'ada@example.com', verified: true },
          provider: 'acme',
          providerSubject: expect.any(String),
          signedInAt: 1_800_000_000,
          grants: 2,
        },
      ],
    })
    expect(await read('users?search=ADA%40example.com')).toEqual(listed)
    expect(await read('users?search=nobody%40example.com')).toEqual({ users: [] })
    expect(await read(`users?after=${subject}`)).toEqual({ users: [] })
  })

  it('come in pages', async () => {
    const { idp, read, browser, client, subject } = await used()
    for (const name of ['grace', 'joan']) {
      idp.signInAs({ sub: name })
      browser.clearCookies()
      await client.connect(demoUrl)
    }
    const first = await read<Users>('users?limit=2')
    expect(first.users).toHaveLength(2)
    const second = await read<Users>(`users?limit=2&after=${first.next ?? ''}`)
    expect([second.users.length, second.next]).toEqual([1, undefined])
    const all = [...first.users, ...second.users].map((each) => each.subject)
    expect(new Set(all).size).toBe(3)
    expect(all).toContain(subject)
  })

  it.each(['0', '101', '-1', 'x', ''])('are not listed by %j a page', async (limit) => {
    const { call } = adminGateway()
    expect((await call(`/admin/api/users?limit=${limit}`)).status).toBe(400)
    expect((await call('/admin/api/users?limit=100')).status).toBe(200)
  })

  it('are described with what they have allowed, and never with a token', async () => {
    const { user, subject, connection, call } = await used({ connections: [keyed, shared] })
    const found = await user()
    expect(found).toMatchObject({
      user: { subject, name: 'Ada Lovelace' },
      grants: [{ client: { id: connection.client.clientId }, resource: { url: demoUrl } }],
      connections: [{ upstream: 'keyed', status: 'not_connected' }],
    })
    const { accessToken, refreshToken = '' } = connection.tokens
    expect(refreshToken).not.toBe('')
    for (const token of [accessToken, refreshToken]) expect(JSON.stringify(found)).not.toContain(token)
    expect((await call('/admin/api/users/nobody')).status).toBe(404)
  })

  it('AS-82 lose what they allowed one client, at once, and it is recorded by whom', async () => {
    const { user, end, connection, client, events, subject } = await used()
    const other = await client.connect(notesUrl)
    const { grants } = await user()
    const grant = grants.find(({ id }) => id === grants.at(-1)?.id)?.id ?? ''
    expect((await end(`grants/${grant}`)).status).toBe(204)
    const statuses = [(await connection.call('tools/list')).status, (await other.call('tools/list')).status]
    expect(new Set(statuses)).toEqual(new Set([200, 401]))
    expect((await user()).grants).toHaveLength(1)
    expect((await end(`grants/${grant}`)).status).toBe(404)
    expect(events.filter(({ name }) => name === 'grant.revoked')).toMatchObject([{ reason: 'operator' }])
    expect(events.filter(({ name }) => name === 'admin.acted')).toMatchObject([
      { subject, detail: { actor: 'admin', action: 'revoke_grant', grantId: grant } },
    ])
  })

  it('lose nothing by the grant of another user', async () => {
    const { call, user, connection } = await used()
    const [grant] = (await user()).grants
    const path = `/admin/api/users/somebody/grants/${grant?.id ?? ''}`
    expect((await call(path, { method: 'DELETE' })).status).toBe(404)
    expect((await connection.call('tools/list')).status).toBe(200)
  })

  it('AS-83 are disconnected from an upstream, which revokes the tokens there', async () => {
    const { user, end, browser, upstream, events, subject } = await used({ connections: [linear, shared] })
    const account = await browser.open(`${publicUrl}/account`)
    await (await account.follow('Connect Linear')).submit({}, { button: /Continue to Linear/ })
    const connected = await user()
    expect(connected.connections).toMatchObject([{ upstream: 'linear', status: 'connected' }])
    expect(JSON.stringify(connected)).not.toMatch(/upstream-(?:access|refresh)/)
    const response = await end('connections/linear')
    expect([response.status, await response.json()]).toEqual([200, { revoked: true }])
    expect(upstream.refreshTokens).toHaveLength(1)
    expect(upstream.revoked).toContain(upstream.refreshTokens[0])
    expect((await user()).connections).toMatchObject([{ upstream: 'linear', status: 'not_connected' }])
    expect(events.filter(({ name }) => name === 'admin.acted')).toMatchObject([
      { subject, detail: { action: 'disconnect', upstream: 'linear' } },
    ])
    expect((await end('connections/linear')).status).toBe(404)
    expect((await end('connections/unknown')).status).toBe(404)
  })
})

describe('accounts that everybody shares, for an operator', () => {
  it('R132 are listed, and disconnected here alone', async () => {
    const { idp, call, read, browser, client, end, events } = await used({
      connections: [linear, shared],
    })
    idp.signInAs({ sub: 'root', groups: ['admins'] })
    browser.clearCookies()
    await client.connect(demoUrl)
    const page = await browser.open(`${publicUrl}/auth/connections/team/connect`)
    await page.submit({}, { button: /Continue to Team/ })
    expect(await read('connections')).toMatchObject({
      connections: [{ upstream: 'team', shared: true, status: 'connected' }],
    })
    expect((await end('connections/team')).status).toBe(404)
    const path = '/admin/api/connections/team'
    expect(await (await call(path, { method: 'DELETE' })).json()).toEqual({ revoked: true })
    expect(await read('connections')).toMatchObject({ connections: [{ status: 'not_connected' }] })
    expect(events.findLast(({ name }) => name === 'admin.acted')).toMatchObject({
      detail: { actor: 'admin', action: 'disconnect', upstream: 'team' },
    })
    expect((await call(path, { method: 'DELETE' })).status).toBe(404)
    expect((await call('/admin/api/connections/linear', { method: 'DELETE' })).status).toBe(404)
  })

  it('are none where nothing is shared', async () => {
    const { call } = adminGateway()
    expect(await (await call('/admin/api/connections')).json()).toEqual({ connections: [] })
  })
})
