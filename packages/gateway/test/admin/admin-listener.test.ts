import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { publicUrl, testGateway } from '../test-gateway.ts'
import { adminGateway, adminOrigin, adminToken } from './admin-gateway.ts'

const revocations = '/admin/api/revocations'
const post = (token?: string): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({ subject: 'x' }),
  headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
})
const wrong = `${adminToken.slice(0, -1)}x`

describe('the admin side', () => {
  it('J04 is not where users come in', async () => {
    const { request, admin } = adminGateway({
      metrics: { contentType: 'text/plain', text: () => Promise.resolve('up 1') },
    })
    for (const path of [revocations, '/metrics', '/admin']) {
      expect((await request(publicUrl + path, post(adminToken))).status).toBe(404)
    }
    expect((await admin(revocations, post(adminToken))).status).toBe(200)
    expect((await admin('/metrics')).status).toBe(200)
  })

  it('answers nothing of what users come for', async () => {
    const { admin } = adminGateway()
    for (const path of ['/.well-known/oauth-authorization-server', '/account', '/mcp/demo', '/oauth/token']) {
      expect((await admin(path)).status).toBe(404)
    }
  })

  it('has nothing that is not switched on', async () => {
    const { gateway } = testGateway()
    const statusOf = async (path: string) =>
      (await gateway.admin.fetch(new Request(adminOrigin + path, post(adminToken)))).status
    expect([await statusOf(revocations), await statusOf('/metrics'), await statusOf('/admin')]).toEqual([
      404, 404, 404,
    ])
  })

  it('answers GET /metrics with what it is given, without a token', async () => {
    const metrics = { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('up 1\n') }
    const { admin } = adminGateway({ metrics })
    const response = await admin('/metrics')
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'text/plain; version=0.0.4',
      'up 1\n',
    ])
    expect((await admin('/metrics', { method: 'POST' })).status).toBe(404)
  })

  it.each<[string, string | undefined]>([
    ['no token', undefined],
    ['another token', wrong],
    ['a longer token', `${adminToken}x`],
  ])('refuses %s', async (_, token) => {
    const { admin } = adminGateway()
    const response = await admin(revocations, post(token))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="admin"')
    expect((await admin(revocations, post(adminToken))).status).toBe(200)
  })

  it('AS-71 makes an address that guesses the token wait, loopback too, and records it', async () => {
    const { admin, clock, events } = adminGateway()
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await admin(revocations, post(wrong))).status).toBe(401)
    }
    const limited = await admin(revocations, post(adminToken))
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '60'])
    expect((await admin(revocations, post(adminToken), '192.0.2.1')).status).toBe(200)
    clock.advance(60)
    expect((await admin(revocations, post(adminToken))).status).toBe(200)
    const refused = events.filter(({ name }) => name === 'admin.refused')
    expect(refused).toHaveLength(10)
    expect(refused[0]).toMatchObject({ reason: 'token_wrong', detail: { source: '127.0.0.1' } })
    expect(events.filter(({ reason }) => reason === 'admin_token')).toHaveLength(1)
    expect(JSON.stringify(events)).not.toContain(wrong)
  })

  it('does not take a request without a token for a guess', async () => {
    const { admin } = adminGateway()
    for (let visit = 0; visit < 20; visit += 1) await admin(revocations, post())
    expect((await admin(revocations, post(adminToken))).status).toBe(200)
  })

  it('answers other methods with 405, and other paths with 404', async () => {
    const { call } = adminGateway()
    const response = await call(revocations)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await call('/admin/api/other')).status).toBe(404)
  })

  it('lets no page of another origin read its answers', async () => {
    const { admin } = adminGateway()
    const preflight = await admin(revocations, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    const answer = await admin(revocations, post(adminToken))
    for (const { headers } of [preflight, answer]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })

  it.each<[string, string, number]>([
    ['localhost', 'localhost:9100', 200],
    ['a bare address', '10.1.2.3:9100', 200],
    ['a bare IPv6 address', '[fd00::1]:9100', 200],
    ['the configured name', 'admin.example.com', 200],
    ['the configured name in capitals', 'ADMIN.example.com', 200],
    ['the configured name with its own port', 'admin.example.com:443', 200],
    ['another name', 'evil.example', 403],
    ['a name that begins like an address', '127.0.0.1.evil.example', 403],
    ['a name below localhost', 'evil.localhost', 403],
    ['the configured name with another port', 'admin.example.com:9100', 403],
    ['user info before an address', 'evil.example@127.0.0.1', 403],
  ])('answers %s in Host (%s) with %i, against DNS rebinding', async (_, host, status) => {
    const { call } = adminGateway({ admin: { token: adminToken, url: 'https://admin.example.com' } })
    const body = JSON.stringify({ subject: 'x' })
    expect((await call(revocations, { method: 'POST', body, headers: { host } })).status).toBe(status)
  })

  it.each<[string, Error, number, string]>([
    ['the storage is away', new StorageUnavailableError('secret detail'), 503, 'temporarily_unavailable'],
    ['something fails', new Error('secret detail'), 500, 'server_error'],
  ])('tells no detail while %s', async (_, error, status, code) => {
    const storage = { ...memoryStorage(), list: () => Promise.reject(error) }
    const { call, events } = adminGateway({ storage })
    const response = await call(revocations, { method: 'POST', body: JSON.stringify({ subject: 'x' }) })
    const text = await response.text()
    expect([response.status, (JSON.parse(text) as { error: string }).error]).toEqual([status, code])
    expect(text).not.toContain('secret detail')
    expect(events.at(-1)).toMatchObject({ name: 'server.failed', cause: error })
  })

  it.each([
    [{ token: 'secret' }, 'admin.token must be 32 or more visible ASCII characters'],
    [{ url: 'https://admin.example.com/admin' }, 'admin.url must be the bare origin'],
    [{ url: 'admin.example.com' }, 'admin.url must be the bare origin'],
  ])('refuses %j', (admin, problem) => {
    expect(() => testGateway({ admin })).toThrow(problem)
    expect(() => testGateway({ admin: { token: adminToken, url: 'http://gateway:9100' } })).not.toThrow()
  })
})
