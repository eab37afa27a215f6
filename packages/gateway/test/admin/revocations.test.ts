import { describe, expect, it } from 'vitest'

import { demoUrl } from '../test-gateway.ts'
import { adminGateway } from './admin-gateway.ts'

function revokingGateway() {
  const peers = adminGateway()
  const revoke = (body: unknown) =>
    peers.call('/admin/api/revocations', { method: 'POST', body: JSON.stringify(body) })
  return { ...peers, revoke }
}

describe('revocations by an operator', () => {
  it('AS-82 ends the access of a user, of a client, and of everybody up to a time', async () => {
    const { client, gateway, revoke } = revokingGateway()
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

  it.each([{}, [], 'x', { subject: 5 }, { user: 'x' }, { before: 99_999_999_999 }, { before: 1.5 }])(
    'refuses %j, and ends nothing',
    async (body) => {
      const { client, revoke } = revokingGateway()
      const connection = await client.connect(demoUrl)
      expect((await revoke(body)).status).toBe(400)
      expect((await connection.call('tools/list')).status).toBe(200)
    },
  )

  it('are in the audit trail, with who, what and by whom', async () => {
    const { events, revoke } = revokingGateway()
    await revoke({ subject: 'somebody', before: 1_700_000_000 })
    expect(events.map(({ name }) => name)).toEqual(['access.revoked', 'admin.acted'])
    expect(events.at(-1)).toMatchObject({
      outcome: 'success',
      subject: 'somebody',
      detail: { actor: 'admin', action: 'revoke_access', before: 1_700_000_000 },
    })
    await revoke({ before: 99_999_999_999 })
    expect(events).toHaveLength(2)
  })
})
