import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { childrenOf, parentOf, tracedGateway, withContexts } from './traced-gateway.ts'
import { demoUrl } from './watched-gateway.ts'

withContexts()

const named = (spans: readonly ReadableSpan[], name: string) => spans.find((span) => span.name === name)

describe('traces of a gateway', () => {
  it('are one tree for each request of a sign-in and a call', async () => {
    const { client, spans } = tracedGateway()
    const connection = await client.connect(demoUrl)
    await connection.call('tools/call', { name: 'add', arguments: { secret: 'argument' } })

    const all = spans()
    const roots = all.filter(({ parentSpanContext }) => parentSpanContext === undefined)
    expect(roots.map(({ name }) => name)).toEqual([
      'POST /mcp/demo',
      'GET /.well-known/oauth-protected-resource/mcp/demo',
      'GET /.well-known/oauth-authorization-server/mcp/demo',
      'POST /oauth/register',
      'GET /oauth/authorize/{route}',
      'GET /oauth/setup',
      'GET /oauth/callback/{provider}',
      'GET /oauth/setup',
      'POST /oauth/setup',
      'POST /oauth/token',
      'POST /mcp/demo',
    ])
    expect(new Set(roots.map((root) => root.spanContext().traceId)).size).toBe(roots.length)
    expect(roots.filter(({ kind }) => kind !== SpanKind.SERVER)).toEqual([])
    const parts = all.filter((span) => !roots.includes(span))
    expect(parts.filter(({ kind }) => kind !== SpanKind.CLIENT)).toEqual([])
    expect(
      parts.map((span) => parentOf(all, span)).filter((parent) => !parent || !roots.includes(parent)),
    ).toEqual([])

    const callback = named(roots, 'GET /oauth/callback/{provider}')
    expect(childrenOf(all, callback).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['take login', 'POST /token', 'GET /jwks', 'set session']),
    )
    expect(callback?.events.map(({ name }) => name)).toContain('login.succeeded')
    expect(named(childrenOf(all, callback), 'POST /token')?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'portico.peer': 'provider',
      'portico.provider': 'acme',
      'server.address': 'acme.example',
      'server.port': 443,
      'url.template': '/token',
    })

    const call = roots.at(-1)
    expect(call?.attributes).toEqual({
      'gen_ai.tool.name': 'add',
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.route': '/mcp/demo',
      'mcp.method.name': 'tools/call',
      'portico.request_id': expect.any(String),
      'server.address': 'mcp.example.com',
      'server.port': 443,
      'url.scheme': 'https',
    })
    expect(named(childrenOf(all, call), 'tools/call')?.attributes).toMatchObject({
      'gen_ai.tool.name': 'add',
      'mcp.method.name': 'tools/call',
      'portico.route': '/mcp/demo',
      'server.address': 'upstream.example',
    })
    expect(named(all, 'take login')?.attributes).toEqual({
      'db.collection.name': 'login',
      'db.operation.name': 'take',
      'db.system.name': 'memory',
    })
  })

  it('SEC-10 hold no token, code, state, cookie or user of the flow', async () => {
    const { client, spans, secrets } = tracedGateway()
    const connection = await client.connect(demoUrl)
    await connection.call('tools/call', { name: 'add', arguments: { secret: 'argument' } })
    const written = JSON.stringify(
      spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
    )
    expect(secrets().length).toBeGreaterThan(15)
    expect(secrets().filter((secret) => written.includes(secret))).toEqual([])
    expect(written).not.toMatch(/\bada\b|lovelace|@example|\?|code=|state=|argument/i)
  })

  it('PROXY-21 continue the trace of the client, and the upstream continues theirs', async () => {
    const { client, spans, upstreamHeaders } = tracedGateway()
    const connection = await client.connect(demoUrl)
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const headers = {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      tracestate: 'vendor=1',
      baggage: 'user=somebody',
    }
    await connection.call('tools/list', {}, { headers })
    const sent = upstreamHeaders.at(-1)
    const upstream = spans().findLast(({ name }) => name === 'tools/list')
    expect(sent?.get('traceparent')).toBe(`00-${traceId}-${upstream?.spanContext().spanId}-01`)
    expect(sent?.get('tracestate')).toBe('vendor=1')
    expect(sent?.get('baggage')).toBeNull()
    const root = spans().findLast(({ name }) => name === 'POST /mcp/demo')
    expect(root?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7')
  })

  it('are not shown to identity providers', async () => {
    const { client, idp } = tracedGateway()
    await client.connect(demoUrl)
    expect(idp.requests.length).toBeGreaterThan(2)
    const told = idp.requests.filter(({ headers }) => headers.has('traceparent'))
    expect(told).toEqual([])
  })

  it('mark the span of an identity provider that fails', async () => {
    const { client, spans, idp } = tracedGateway()
    idp.bend('token', () => new Response(null, { status: 503 }))
    await expect(client.connect(demoUrl)).rejects.toThrow()
    const failed = spans().filter(({ status }) => status.code === SpanStatusCode.ERROR)
    expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toContainEqual([
      'POST /token',
      '503',
    ])
  })

  it('mark the span of a storage that fails, and the request that failed with it', async () => {
    const storage = memoryStorage()
    const { request, spans } = tracedGateway({ storage })
    storage.set = () => Promise.reject(new StorageUnavailableError('away'))
    const body = JSON.stringify({ redirect_uris: ['http://127.0.0.1:33418/callback'] })
    await request('/oauth/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const failed = spans().filter(({ status }) => status.code === SpanStatusCode.ERROR)
    expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual(
      expect.arrayContaining([
        ['set client', 'storage_unavailable'],
        ['POST /oauth/register', '503'],
      ]),
    )
  })

  it('mark the span of an upstream that fails', async () => {
    let answer = () => Promise.resolve(new Response(null, { status: 500 }))
    const { client, spans } = tracedGateway({ upstreamFetch: () => answer() })
    const connection = await client.connect(demoUrl)
    await connection.call('tools/list')
    const failure = () => {
      const span = spans().findLast(({ attributes }) => attributes['portico.peer'] === 'upstream')
      return [span?.status.code, span?.attributes['error.type']]
    }
    expect(failure()).toEqual([SpanStatusCode.ERROR, '500'])
    answer = () => Promise.reject(Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' }))
    await connection.call('tools/list')
    expect(failure()).toEqual([SpanStatusCode.ERROR, 'ECONNREFUSED'])
  })

  it('have few names, whatever is asked for', async () => {
    const { request, spans } = tracedGateway()
    for (let index = 0; index < 30; index += 1) {
      const id = crypto.randomUUID()
      await request(`/${id}`)
      await request(`/oauth/callback/${id}`, { method: 'PROPFIND' })
      await request(`/oauth/authorize/${id}?client_id=${id}`)
    }
    const requests = spans().filter(({ kind }) => kind === SpanKind.SERVER)
    expect([...new Set(requests.map(({ name }) => name))].toSorted()).toEqual([
      'GET',
      'GET /oauth/authorize/{route}',
      'HTTP /oauth/callback/{provider}',
    ])
    expect(new Set(spans().map(({ name }) => name)).size).toBeLessThan(10)
  })
})
