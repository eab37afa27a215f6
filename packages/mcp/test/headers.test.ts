import { describe, expect, it } from 'vitest'

import { startGateway, transports } from './peers/gateway.ts'
import { legacy, modern, post } from './peers/messages.ts'
import { answer, startUpstream } from './peers/scripted-upstream.ts'

describe.each(transports)('headers over %s', (transport) => {
  const { body, headers } = modern('tools/call', { name: 'echo' })
  const hostile = {
    authorization: 'Bearer ada inspector',
    cookie: 'session=secret',
    'proxy-authorization': 'Basic c2VjcmV0',
    forwarded: 'for=1.2.3.4',
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-host': 'evil.example',
    'x-real-ip': '1.2.3.4',
    'x-internal': 'secret',
    origin: 'http://localhost:6274',
    referer: 'http://localhost:6274/',
    baggage: 'user=ada',
    'accept-language': 'de',
    'user-agent': 'curl',
    te: 'trailers',
  }

  it('PROXY-01, PROXY-02, G03 builds upstream headers from nothing', async () => {
    const upstream = await startUpstream()
    const gateway = await startGateway(transport, upstream.url, {
      upstream: {
        url: upstream.url,
        name: 'Upstream',
        era: 'both',
        authorize: async () => ({ headers: { authorization: 'Bearer upstream', 'x-api-key': 'key' } }),
      },
    })
    await post(gateway.url, body, { ...headers, ...hostile })
    const { host, connection, 'content-length': length, ...sent } = upstream.seen[0]?.headers ?? {}
    // Node's fetch adds what the Fetch standard makes it add.
    for (const name of ['sec-fetch-mode', 'accept-language'])
      if (sent[name] === '*' || sent[name] === 'cors') delete sent[name]
    expect(sent).toEqual({
      accept: 'application/json, text/event-stream',
      'accept-encoding': 'identity',
      authorization: 'Bearer upstream',
      'content-type': 'application/json',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      'mcp-protocol-version': '2026-07-28',
      'user-agent': 'portico',
      'x-api-key': 'key',
    })
    expect(host).toBe(new URL(upstream.url).host)
    expect([connection, length]).toEqual(['keep-alive', String(upstream.seen[0]?.text.length)])
  })

  it('PROXY-04 forwards Mcp-Param headers as they came, in the modern era alone', async () => {
    const upstream = await startUpstream()
    const gateway = await startGateway(transport, upstream.url)
    const params = { 'Mcp-Param-Region': 'us-west1', 'mcp-param-greeting': '=?base64?SGVsbG8=?=' }
    await post(gateway.url, body, { ...headers, ...params })
    expect(upstream.seen[0]?.headers).toMatchObject({
      'mcp-param-region': 'us-west1',
      'mcp-param-greeting': '=?base64?SGVsbG8=?=',
    })
    await post(gateway.url, legacy('tools/list'), params)
    expect(upstream.seen[1]?.headers['mcp-param-region']).toBeUndefined()
  })

  it('PROXY-21 forwards a well-formed trace context and nothing that only looks like it', async () => {
    const upstream = await startUpstream()
    const gateway = await startGateway(transport, upstream.url)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01'
    await post(gateway.url, body, { ...headers, traceparent, tracestate: 'vendor=1' })
    expect(upstream.seen[0]?.headers).toMatchObject({ traceparent, tracestate: 'vendor=1' })
    await post(gateway.url, body, { ...headers, traceparent: 'secret', tracestate: 'vendor=1' })
    expect(upstream.seen[1]?.headers['traceparent']).toBeUndefined()
    expect(upstream.seen[1]?.headers['tracestate']).toBeUndefined()
  })

  it('G06 adds nothing of the request line to the upstream URL', async () => {
    const upstream = await startUpstream()
    const gateway = await startGateway(transport, `${upstream.url}?tenant=1`)
    await post(`${gateway.url}/../admin?tenant=2&access_token=x`, body, headers)
    expect(upstream.seen[0]?.url).toBe('/mcp?tenant=1')
  })

  it('R123 G06 appends the query where it is told to, without what the URL names and without a token', async () => {
    const upstream = await startUpstream()
    const url = `${upstream.url}?tenant=1`
    const gateway = await startGateway(transport, url, {
      upstream: { url, name: 'Upstream', era: 'both', forwardSearch: true },
    })
    await post(`${gateway.url}?a=%2Fb&tenant=2&access_token=x&a=c%26d`, body, headers)
    await post(gateway.url, body, headers)
    expect(upstream.seen.map((seen) => seen.url)).toEqual(['/mcp?tenant=1&a=%2Fb&a=c%26d', '/mcp?tenant=1'])
  })

  it('G03 lets none of the upstream headers through but type and length', async () => {
    const upstream = await startUpstream(
      answer(
        {},
        {
          'set-cookie': 'a=b',
          'www-authenticate': 'Bearer resource_metadata="https://evil.example"',
          'access-control-allow-origin': '*',
          'x-powered-by': 'upstream',
          server: 'upstream',
          location: 'https://evil.example',
          'clear-site-data': '"*"',
        },
      ),
    )
    const gateway = await startGateway(transport, upstream.url)
    const response = await post(gateway.url, body, headers)
    const own = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding', 'content-length'])
    const received = [...response.headers.keys()].filter((name) => !own.has(name))
    expect(received.sort()).toEqual(['cache-control', 'content-type'])
  })
})
