import { describe, expect, it } from 'vitest'

import { demoUrl, publicUrl, testGateway } from './test-gateway.ts'

const adminToken = 'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk'

function adminGateway(options: Parameters<typeof testGateway>[0] = {}) {
  const peers = testGateway({ adminToken, ...options })
  const revoke = (body: unknown, token: string | undefined = adminToken, clientAddress?: string) =>
    peers.gateway.fetch(
      new Request(`${publicUrl}/admin/api/revocations`, {
        method: 'POST',
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
      { clientAddress },
    )
  return { ...peers, revoke }
}

describe('the admin API', () => {
  it('AS-82 ends the access of a user, of a client, and of everybody up to a time', async () => {
    const { client, gateway, revoke } = adminGateway()
    const connect = async () => {
      const connection = await client.connect(demoUrl)
      const { accessToken } = connection.tokens
      const verify = () =>
        gateway.originFor('mcp.example.com')?.server.verifyAccessToken(accessToken, demoUrl)
      const verified = await verify()
      return { subject: verified?.subject, clientId: verified?.clientId, verify }
    }
    const first = await connect()
    const byUser = await revoke({ subject: first.subject })
    expect([byUser.status, await byUser.json()]).toEqual([200, { grants: 1, sessions: 1 }])
    expect(await first.verify()).toBeUndefined()

    const second = await connect()
    expect(await second.verify()).toBeDefined()
    expect((await revoke({ clientId: second.clientId })).status).toBe(200)
    expect(await second.verify()).toBeUndefined()

    const third = await connect()
    expect((await revoke({ before: 1_700_000_000 })).status).toBe(200)
    expect(await third.verify()).toBeDefined()
    expect((await revoke({ before: 1_800_000_000 })).status).toBe(200)
    expect(await third.verify()).toBeUndefined()
  })

  it.each<[string, string | undefined]>([
    ['no token', undefined],
    ['another token', `${adminToken.slice(0, -1)}x`],
  ])('refuses %s', async (_, token) => {
    const { revoke } = adminGateway()
    const response = await revoke({ subject: 'x' }, token ?? '')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="admin"')
    expect((await revoke({ subject: 'x' })).status).toBe(200)
  })

  it('AS-71 limits how often an address may guess the token', async () => {
    const { revoke } = adminGateway({ rateLimits: { failures: 2 } })
    expect((await revoke({ subject: 'x' }, 'wrong', '192.0.2.1')).status).toBe(401)
    expect((await revoke({ subject: 'x' }, 'wrong', '192.0.2.1')).status).toBe(401)
    const limited = await revoke({ subject: 'x' }, adminToken, '192.0.2.1')
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '60'])
    expect((await revoke({ subject: 'x' }, adminToken, '192.0.2.2')).status).toBe(200)
  })

  it.each([{}, [], 'x', { subject: 5 }, { user: 'x' }, { before: 99_999_999_999 }, { before: 1.5 }])(
    'refuses %j, and ends nothing',
    async (body) => {
      const { client, revoke } = adminGateway()
      const connection = await client.connect(demoUrl)
      expect((await revoke(body)).status).toBe(400)
      expect((await connection.call('tools/list')).status).toBe(200)
    },
  )

  it('is not there without a token, answers POST alone, and only at its own address', async () => {
    const request = (path: string, method = 'POST') => new Request(publicUrl + path, { method, body: null })
    const off = testGateway()
    expect((await off.gateway.fetch(request('/admin/api/revocations'))).status).toBe(404)
    const on = adminGateway()
    expect((await on.gateway.fetch(request('/admin/api/revocations', 'GET'))).status).toBe(405)
    expect((await on.gateway.fetch(request('/admin/api/other'))).status).toBe(404)
  })

  it('wants a token that cannot be guessed', () => {
    expect(() => testGateway({ adminToken: 'secret' })).toThrow(
      'adminToken must be 32 or more visible ASCII characters',
    )
    expect(() => testGateway({ adminToken })).not.toThrow()
  })
})
