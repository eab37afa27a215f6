import type { AuditEvent } from '@portico/core'
import { answerPage } from '@portico/test-peers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import type { GatewayOptions } from '../src/index.ts'
import { demoUrl, discoveryOf, publicUrl, testGateway } from './test-gateway.ts'
import { keyed } from './upstream-account.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

type Peers = ReturnType<typeof peersWithStreams>

/** A gateway whose upstream opens event streams and ends none. */
function peersWithStreams(options: Partial<GatewayOptions> = {}) {
  const left: string[] = []
  const peers = testGateway({
    async upstreamFetch(url, init) {
      const asked = new Request(url, init)
      const discovery = asked.method === 'POST' ? discoveryOf((await asked.json()) as object) : undefined
      if (discovery) return discovery
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(': open\n\n'))
          // As the body of a real answer does.
          init.signal?.addEventListener('abort', () => {
            left.push(url)
            controller.error(new Error('aborted'))
          })
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    },
    ...options,
  })
  const origin = peers.gateway.originFor('mcp.example.com')
  if (!origin) throw new Error('The gateway is not there.')
  return { ...peers, origin, left }
}

/** Opens a subscription, and reads its first bytes. */
async function open({ request }: Peers, token: string) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const response = await request(demoUrl, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: { notifications: {}, _meta: meta },
    }),
  })
  const reader = response.body!.getReader()
  await reader.read()
  return reader
}

it('RS-19 ends the streams of a client whose access is revoked, and no others', async () => {
  const peers = peersWithStreams()
  const { client, left } = peers
  const { server } = peers.origin
  const revoked = await client.connect(demoUrl)
  const kept = await client.connect(demoUrl)
  const ended = await open(peers, revoked.tokens.accessToken)
  const other = await open(peers, kept.tokens.accessToken)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(left).toEqual([])

  const verified = await server.verifyAccessToken(revoked.tokens.accessToken, demoUrl)
  await server.revokeGrant(verified?.grantId ?? '')
  const end = ended.read().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(await end).toBeInstanceOf(Error)
  expect(left).toEqual(['https://upstream.example/mcp'])
  await other.cancel()
})

it.each([
  ['has disconnected', false],
  ['has replaced', true],
])('G05 ends the streams of a user who %s the account that they began with', async (_, replaced) => {
  const events: AuditEvent[] = []
  const peers = peersWithStreams({
    onEvent: (event) => events.push(event),
    connections: [keyed],
    routes: [{ path: '/mcp/demo', id: 'demo', upstream: { url: keyed.url, connection: keyed.id } }],
  })
  const { browser, client, clock, left } = peers
  const { connections } = peers.origin
  let page = await browser.open(`${publicUrl}/account`)
  while (!page.url.startsWith(publicUrl)) page = await answerPage(page, {})
  const subject = events.find(({ name }) => name === 'login.succeeded')?.subject ?? ''
  await connections?.saveApiKey(keyed.id, subject, 'key-1')
  const { tokens } = await client.connect(demoUrl)
  const ended = await open(peers, tokens.accessToken)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(left).toEqual([])

  clock.advance(1)
  await connections?.disconnect(keyed.id, subject)
  if (replaced) await connections?.saveApiKey(keyed.id, subject, 'key-2')
  const end = ended.read().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(await end).toBeInstanceOf(Error)
  expect(left).toEqual([keyed.url])
})
