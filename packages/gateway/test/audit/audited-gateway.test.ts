import { memoryStorage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { auditEvents, listChainHeads, verifyAudit } from '../../src/index.ts'
import type { AuditOptions, GatewayOptions } from '../../src/index.ts'
import { demoUrl, discoveryOf, publicUrl, testGateway } from '../test-gateway.ts'

/** A gateway that keeps an audit trail, and whose user has used one tool. */
async function audited({
  upstreamFetch,
  ...options
}: Omit<AuditOptions, 'write'> & Pick<GatewayOptions, 'upstreamFetch'> = {}) {
  const lines: string[] = []
  const storage = memoryStorage()
  const peers = testGateway({
    storage,
    ...(upstreamFetch && { upstreamFetch }),
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
      'tool.answered',
      'audit.stopped',
    ])
    const ofAttempt = records.slice(2, -1)
    expect(new Set(ofAttempt.map(({ traceId }) => traceId)).size).toBe(1)
    expect(ofAttempt.at(-1)).toMatchObject({
      outcome: 'success',
      subject: expect.any(String),
      clientId: expect.any(String),
      resource: demoUrl,
      detail: {
        tool: 'search',
        grantId: expect.any(String),
        ending: 'ok',
        duration: expect.stringMatching(/^(under_100ms|under_1s|under_10s|under_1min|over_1min)$/),
      },
    })
    const [called, answered] = records.slice(-3)
    expect(answered?.['requestId']).toBe(called?.['requestId'])
  })

  it('holds no arguments, unless they are asked for, and then no secrets', async () => {
    const plain = await (await audited()).finish()
    expect(JSON.stringify(plain)).not.toMatch(/cats|hunter2/)
    const shown = await (await audited({ arguments: 'redacted', redact: ['query'] })).finish()
    expect(shown.find(({ event }) => event === 'tool.called')).toMatchObject({
      detail: { arguments: { query: '[redacted]', password: '[redacted]' } },
    })
  })

  it.each([
    [
      'the tool',
      { content: [{ type: 'text', text: 'hunter2' }], isError: true },
      200,
      'tool_error',
      'tool_error',
    ],
    ['the upstream', {}, 503, 'upstream_error', 'failed'],
  ])(
    'tells a failure of %s from a success, and not what was said',
    async (_who, result, status, reason, ending) => {
      const records = await (
        await audited({
          upstreamFetch: async (url, init) => {
            const message = (await new Request(url, init).json()) as {
              readonly id: unknown
              readonly method: unknown
            }
            return (
              discoveryOf(message) ?? Response.json({ jsonrpc: '2.0', id: message.id, result }, { status })
            )
          },
        })
      ).finish()
      const answered = records.filter(({ event }) => event === 'tool.answered')
      expect(answered).toMatchObject([{ outcome: 'failure', reason, detail: { tool: 'search', ending } }])
      expect(JSON.stringify(records)).not.toMatch(/cats|hunter2/)
    },
  )

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
    expect(report).toMatchObject({ chains: [{ records: 11 }], findings: [] })
  })

  it('knows the meaning of every event', async () => {
    const { finish } = await audited()
    for (const { event } of await finish()) expect(auditEvents).toHaveProperty([String(event)])
  })
})
