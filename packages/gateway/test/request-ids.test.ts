import type { AuditEvent } from '@portico/core'
import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { serve, type ServedRequest } from '../src/node/index.ts'
import { demoUrl, discoveryOf, publicUrl, testGateway } from './test-gateway.ts'

const anId = /^[\da-f]{32}$/
const call = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

interface AnyBody {
  readonly request_id?: string
  readonly error?: string | { readonly data?: { readonly requestId?: string } }
}

/** One gateway over Fetch, whose upstream answers with `status`. */
function portable(status = 200) {
  const events: AuditEvent[] = []
  const errors: (string | undefined)[] = []
  const upstreamIds: (string | null)[] = []
  const peers = testGateway({
    onEvent: (event) => events.push(event),
    onError: (_error, requestId) => errors.push(requestId),
    upstreamFetch: async (url, init) => {
      const request = new Request(url, init)
      upstreamIds.push(request.headers.get('x-request-id'))
      const body = (await request.json()) as { readonly id?: unknown; readonly method?: string }
      if (status === 0) throw new Error('unreachable')
      return (
        discoveryOf(body) ??
        Response.json(
          { jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', tools: [] } },
          { status },
        )
      )
    },
  })
  return { ...peers, events, errors, upstreamIds }
}

/** The same behind the sockets of Node. */
async function onNode(trustedProxies: readonly string[] = []) {
  const upstreamIds: (string | null)[] = []
  const upstream = await serveOnLoopback(() => async (request) => {
    upstreamIds.push(request.headers.get('x-request-id'))
    const body = (await request.json()) as { readonly id?: unknown; readonly method?: string }
    return (
      discoveryOf(body) ??
      Response.json({ jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', tools: [] } })
    )
  })
  onTestFinished(() => upstream.close())
  const served: ServedRequest[] = []
  const peers = testGateway(
    {
      publicUrl: undefined,
      routes: [{ path: '/mcp/demo', id: 'demo', upstream: { url: `${upstream.origin}/mcp` } }],
    },
    { reach: nodeFetch },
  )
  const server = await serve(peers.gateway, {
    port: 0,
    hosts: ['127.0.0.1'],
    trustedProxies,
    onRequest: (request) => served.push(request),
  })
  onTestFinished(() => server.close())
  const send = (path: string, init?: RequestInit) =>
    nodeFetch(new Request(`http://127.0.0.1:${server.port}${path}`, init))
  return { ...peers, server, upstreamIds, served, send, url: `http://127.0.0.1:${server.port}/mcp/demo` }
}

describe('ids of requests', () => {
  it.each([
    ['metadata', false, '/.well-known/oauth-authorization-server', undefined],
    ['a page', false, '/oauth/authorize', undefined],
    ['a token request', true, '/oauth/token', post({})],
    ['a path of nobody', true, '/nothing', undefined],
    ['an MCP route', true, '/mcp/demo', post(call)],
    ['liveness', false, '/healthz', undefined],
    ['the registry', false, '/mcp-registry/v0.1/servers', undefined],
    ['the account API', true, '/account/api/grants', undefined],
  ])('are 128 random bits, sent back by %s over both transports', async (_what, isJsonError, path, init) => {
    const { request } = portable()
    const { send } = await onNode()
    const answers = [
      await request(publicUrl + path, init),
      await request(publicUrl + path, init),
      await send(path, init),
      await send(path, init),
    ]
    const ids = answers.map(({ headers }) => headers.get('x-request-id') ?? '')
    for (const id of ids) expect(id).toMatch(anId)
    expect(new Set(ids).size).toBe(4)
    const told = await Promise.all(
      answers.map(async (answer) => {
        const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
        return isJson ? ((await answer.json()) as AnyBody).request_id : undefined
      }),
    )
    expect(told).toEqual(isJsonError ? ids : ids.map(() => undefined))
  })

  it('stand in the events of the same request, and nowhere else', async () => {
    const { client, events, request } = portable()
    const response = await request(`${publicUrl}/oauth/authorize?client_id=nobody`)
    expect(events.map(({ name, requestId }) => [name, requestId])).toEqual([
      ['page.refused', response.headers.get('x-request-id')],
    ])
    const connection = await client.connect(demoUrl)
    await connection.call('tools/call', { name: 'search', arguments: {} })
    const later = events.slice(1)
    expect(later.map(({ name }) => name)).toContain('tool.called')
    for (const { requestId } of later) expect(requestId).toMatch(anId)
    expect(new Set(later.map(({ traceId }) => traceId)).size).toBeLessThan(
      new Set(later.map(({ requestId }) => requestId)).size,
    )
  })

  it('reach the upstream, and name a failure of it in the JSON-RPC error and in the log', async () => {
    const { client, upstreamIds, errors } = portable(0)
    const connection = await client.connect(demoUrl)
    const answer = await connection.call('tools/list', {})
    const requestId = answer.headers.get('x-request-id')
    expect(requestId).toMatch(anId)
    expect(answer.messages).toMatchObject([
      { error: { code: -31_002, data: { reason: 'unreachable', requestId } } },
    ])
    expect(upstreamIds).toContain(requestId)
    expect(errors).toContain(requestId)
  })

  it('leave what the upstream itself says as it is', async () => {
    const { client } = portable()
    const answer = await (await client.connect(demoUrl)).call('tools/list', {})
    expect(JSON.stringify(answer.messages)).not.toContain(answer.headers.get('x-request-id') ?? '')
  })

  it('reach the upstream on Node, too', async () => {
    const { client, url, upstreamIds } = await onNode()
    const answer = await (await client.connect(url)).call('tools/list', {})
    expect(answer.status).toBe(200)
    expect(upstreamIds).toContain(answer.headers.get('x-request-id'))
  })

  it('name refused messages on Node, too', async () => {
    const { client, url, send } = await onNode()
    const { tokens } = await client.connect(url)
    const authorization = `Bearer ${tokens.accessToken}`
    const refused = await send('/mcp/demo', { ...post('x', { authorization }), body: '{' })
    const { error } = (await refused.json()) as AnyBody
    expect(refused.status).toBe(400)
    expect(error).toMatchObject({ data: { requestId: refused.headers.get('x-request-id') } })
  })

  it.each([
    ['is not believed from a stranger', [], '4bf92f35-77b3-4da6', anId],
    ['is believed from a trusted proxy', ['127.0.0.0/8'], '4bf92f35-77b3-4da6', /^4bf92f35-77b3-4da6$/],
    ['is not believed when it is too short', ['127.0.0.0/8'], 'abc1234', anId],
    ['is not believed when it is too long', ['127.0.0.0/8'], 'a'.repeat(129), anId],
    ['is not believed with other characters', ['127.0.0.0/8'], '4bf92f35"77b34da6', anId],
  ])('SEC-12 X-Request-Id %s', async (_rule, trustedProxies, received, expected) => {
    const { send, served } = await onNode(trustedProxies)
    for (const path of ['/healthz', '/.well-known/oauth-authorization-server', '/mcp/demo']) {
      const answer = await send(path, { headers: { 'x-request-id': received } })
      const id = answer.headers.get('x-request-id') ?? ''
      expect(id).toMatch(expected)
      await answer.text()
      await expect.poll(() => served.map(({ requestId }) => requestId)).toContain(id)
    }
  })
})
