import { memoryStorage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { auditEvents, listChainHeads, verifyAudit } from '../../src/index.ts'
import type { AuditOptions } from '../../src/index.ts'
import { demoUrl, publicUrl, testGateway } from '../test-gateway.ts'

/** A gateway that keeps an audit trail, and whose user has used one tool. */
async function audited(options: Omit<AuditOptions, 'write'> = {}) {
  const lines: string[] = []
  const storage = memoryStorage()
  const peers = testGateway({
    storage,
    audit: { ...options, write: (text) => void lines.push(...text.trimEnd().split('\n')) },
  })
  const connection = await peers.client.connect(demoUrl)
  await connection.call('tools/call', {
    name: 'search',
    arguments: { query: 'cats', password: 'hunter2' },
  })
  const finish = async () => {
    await peers.gateway.finish()
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  }
  return { ...peers, connection, storage, lines, finish }
}

describe('the audit trail of a gateway', () => {
  it('follows one user from the sign-in to the tool call by one id', async () => {
    const { finish } = await audited()
    const records = await finish()
    expect(records.map(({ event }) => event)).toEqual([
      'audit.started',
      'client.registered',
      'authorization.started',
      'login.started',
      'login.succeeded',
      'consent.asked',
      'consent.approved',
      'token.issued',
      'tool.called',
      'audit.stopped',
    ])
    const ofAttempt = records.slice(2, -1)
    expect(new Set(ofAttempt.map(({ traceId }) => traceId)).size).toBe(1)
    expect(ofAttempt.at(-1)).toMatchObject({
      outcome: 'success',
      subject: expect.any(String),
      clientId: expect.any(String),
      resource: demoUrl,
      detail: { tool: 'search', grantId: expect.any(String) },
    })
  })

  it('holds no arguments, unless they are asked for, and then no secrets', async () => {
    const plain = await (await audited()).finish()
    expect(JSON.stringify(plain)).not.toMatch(/cats|hunter2/)
    const shown = await (await audited({ arguments: 'redacted', redact: ['query'] })).finish()
    expect(shown.find(({ event }) => event === 'tool.called')).toMatchObject({
      detail: { arguments: { query: '[redacted]', password: '[redacted]' } },
    })
  })

  it('records refreshing, reuse and the end of a grant', async () => {
    const { client, connection, clock, finish } = await audited()
    const { refreshToken = '' } = connection.tokens
    await connection.refresh()
    clock.advance(3600)
    expect((await client.steps.refresh(connection.server, connection.client, refreshToken)).status).toBe(400)
    const names = (await finish()).map(({ event }) => event)
    expect(names.slice(-5)).toEqual([
      'token.refreshed',
      'grant.revoked',
      'refresh.reuse_detected',
      'token.refused',
      'audit.stopped',
    ])
  })

  it('is verified with the secret that the nodes share', async () => {
    const { gateway, storage, lines, finish } = await audited()
    await finish()
    const { context } = gateway.originFor(new URL(publicUrl).host)!.server
    const report = await verifyAudit({
      key: await context.auditKey(),
      heads: await listChainHeads(storage),
      lines: lines.map((text, index) => ({ file: 'x', line: index + 1, text })),
    })
    expect(report).toMatchObject({ chains: [{ records: 10 }], findings: [] })
  })

  it('knows the meaning of every event', async () => {
    const { finish } = await audited()
    for (const { event } of await finish()) expect(auditEvents).toHaveProperty([String(event)])
  })
})
