import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { demoUrl, discoveryOf, testGateway } from './test-gateway.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

it('RS-19 ends the streams of a client whose access is revoked, and no others', async () => {
  const left: string[] = []
  const { client, gateway, request } = testGateway({
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
  })
  const open = async (token: string) => {
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
  const revoked = await client.connect(demoUrl)
  const kept = await client.connect(demoUrl)
  const ended = await open(revoked.tokens.accessToken)
  const other = await open(kept.tokens.accessToken)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(left).toEqual([])

  const server = gateway.originFor('mcp.example.com')?.server
  const verified = await server?.verifyAccessToken(revoked.tokens.accessToken, demoUrl)
  await server?.revokeGrant(verified?.grantId ?? '')
  const end = ended.read().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(await end).toBeInstanceOf(Error)
  expect(left).toEqual(['https://upstream.example/mcp'])
  await other.cancel()
})
