import { connect, createServer } from 'node:net'
import { gzipSync } from 'node:zlib'

import { describe, expect, it, onTestFinished } from 'vitest'

import {
  createMcpProxy,
  type McpProxyOptions,
  sealedSessions,
  type UpstreamChallenge,
  type UpstreamCredential,
} from '../src/index.ts'
import { createNodeMcpProxy } from '../src/node.ts'
import { ada, readableSealer, startGateway, transports } from './peers/gateway.ts'
import { serve, serveFetch } from './peers/loopback.ts'
import { legacy, modern, post } from './peers/messages.ts'
import { answer, type Script, startUpstream } from './peers/scripted-upstream.ts'

const secret = 'upstream-secret'
const html: Script = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${secret}</html>`)
}
const status =
  (code: number, headers: Record<string, string> = {}, body: string | Uint8Array = secret): Script =>
  (_request, response) => {
    response.writeHead(code, headers).end(body)
  }

describe.each(transports)('failures of the upstream over %s', (transport) => {
  async function outcome(script: Script) {
    const upstream = await startUpstream(script)
    const gateway = await startGateway(transport, upstream.url)
    const { body, headers } = modern('tools/call', { name: 'echo' })
    const response = await post(gateway.url, body, headers)
    const text = await response.text()
    expect(text).not.toContain(secret)
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(response.headers.get('location')).toBeNull()
    return { response, error: JSON.parse(text) as unknown, attempts: upstream.seen.length }
  }

  it.each<[string, Script, number, string]>([
    ['401', status(401, { 'www-authenticate': `Bearer error="${secret}"` }), 502, 'refused'],
    [
      '403 with a scope',
      status(403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }),
      502,
      'refused',
    ],
    ['429', status(429), 429, 'rate_limited'],
    ['500', status(500), 502, 'failed'],
    [
      '500 with a JSON-RPC error',
      status(500, { 'content-type': 'application/json' }, '{"jsonrpc":"2.0","error":{}}'),
      502,
      'failed',
    ],
    ['503', status(503), 502, 'failed'],
    ['HTML with 200', html, 502, 'malformed'],
    ['HTML with 404', status(404, { 'content-type': 'text/html' }), 502, 'malformed'],
    ['200 without a type', status(200), 502, 'malformed'],
    ['206', status(206, { 'content-type': 'application/json' }, '{}'), 502, 'malformed'],
    ['301', status(301, { location: 'https://evil.example' }), 502, 'redirect'],
    ['307', status(307, { location: '/elsewhere' }), 502, 'redirect'],
    ['304', status(304, {}, ''), 502, 'redirect'],
    [
      '400 that is no JSON-RPC',
      status(400, { 'content-type': 'application/json' }, `{"message":"${secret}"}`),
      502,
      'malformed',
    ],
    ['400 that is no JSON', status(400, { 'content-type': 'application/json' }, secret), 502, 'malformed'],
  ])('G07, PROXY-22 answers %s by one defined outcome', async (_name, script, expected, reason) => {
    const { response, error, attempts } = await outcome(script)
    expect(response.status).toBe(expected)
    expect(error).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      error: {
        code: -31_002,
        message: expect.stringContaining('Upstream') as unknown,
        data: { upstream: 'Upstream', reason },
      },
    })
    expect(attempts).toBe(1)
  })

  it('G07 passes on how long to wait, in seconds alone', async () => {
    expect((await outcome(status(429, { 'retry-after': '17' }))).response.headers.get('retry-after')).toBe(
      '17',
    )
    const date = status(429, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' })
    expect((await outcome(date)).response.headers.get('retry-after')).toBeNull()
  })

  it('G07 answers a body in an encoding that was not asked for by 502', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const { response } = await outcome(status(200, headers, gzipSync('{}')))
    expect(response.status).toBe(502)
  })

  it('G07 answers a refused connection by 502', async () => {
    const gateway = await startGateway(transport, 'http://127.0.0.1:1/mcp')
    const response = await post(gateway.url, legacy('tools/list', {}, 'a'))
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ id: 'a', error: { data: { reason: 'unreachable' } } })
    expect(gateway.errors).toHaveLength(1)
  })

  it('G07 answers a connection that breaks before the answer by 502', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.destroy()))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const gateway = await startGateway(transport, `http://127.0.0.1:${port}/mcp`)
    const response = await post(gateway.url, legacy('tools/list'))
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { data: { reason: 'unreachable' } } })
  })

  it('TR-17, G07 answers an upstream that does not answer in time by 504', async () => {
    const upstream = await startUpstream(() => {})
    const gateway = await startGateway(transport, upstream.url, { limits: { requestMs: 50 } })
    const response = await post(gateway.url, legacy('tools/list'))
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({ id: 1, error: { data: { reason: 'timeout' } } })
  })

  it('TR-17 answers an error body that never ends by 504', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).write('{')
    })
    const gateway = await startGateway(transport, upstream.url, { limits: { requestMs: 50 } })
    expect((await post(gateway.url, legacy('tools/list'))).status).toBe(504)
  })

  it('TR-08 passes a JSON-RPC error under 400 and 404 through as it is', async () => {
    for (const code of [400, 404]) {
      const body = `{"jsonrpc":"2.0","id":1,"error":{"code":-32021,"message":"needs","data":{"requiredCapabilities":{"sampling":{}}}}}`
      const { response, error } = await outcome(status(code, { 'content-type': 'application/json' }, body))
      expect(response.status).toBe(code)
      expect(error).toEqual(JSON.parse(body))
    }
  })
})

describe.each(transports)('credentials of the upstream over %s', (transport) => {
  /** An upstream that takes one token, and a gateway that starts out with another. */
  async function setUp(
    refresh: (challenge: UpstreamChallenge) => Promise<UpstreamCredential | undefined>,
    code = 401,
  ) {
    const upstream = await startUpstream((request, response) => {
      if (request.headers['authorization'] === 'Bearer fresh') return answer({ ok: true })(request, response)
      response
        .writeHead(code, { 'www-authenticate': 'Bearer error="invalid_token", scope="read"' })
        .end(secret)
    })
    const challenges: UpstreamChallenge[] = []
    const calls: unknown[] = []
    const gateway = await startGateway(transport, upstream.url, {
      upstream: {
        url: upstream.url,
        name: 'Upstream',
        era: 'both',
        authorize: async (call) => {
          calls.push(call)
          return {
            headers: { authorization: 'Bearer stale', 'x-old': '1' },
            refresh: (challenge) => {
              challenges.push(challenge)
              return refresh(challenge)
            },
          }
        },
      },
    })
    return { upstream, gateway, challenges, calls }
  }
  const fresh = { headers: { authorization: 'Bearer fresh' } }

  it.each([401, 403] as const)('PROXY-05 refreshes once after %d and repeats the request', async (code) => {
    const { gateway, upstream, challenges, calls } = await setUp(async () => fresh, code)
    const response = await post(gateway.url, legacy('tools/list'), { authorization: 'Bearer ada inspector' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ result: { ok: true } })
    expect(challenges).toEqual([
      { status: code, wwwAuthenticate: 'Bearer error="invalid_token", scope="read"' },
    ])
    expect(calls).toEqual([
      { caller: expect.objectContaining({ subject: 'ada' }) as unknown, method: 'tools/list' },
    ])
    expect(upstream.seen.map(({ text }) => text)).toEqual([upstream.seen[0]?.text, upstream.seen[0]?.text])
    expect(upstream.seen[1]?.headers['x-old']).toBeUndefined()
  })

  it('PROXY-05, COMPAT-19 answers a second refusal by 502 and does not try again', async () => {
    const { gateway, upstream, challenges } = await setUp(async () => ({
      headers: { authorization: 'Bearer still stale' },
      refresh: async () => fresh,
    }))
    const response = await post(gateway.url, legacy('tools/list'))
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { data: { reason: 'refused', status: 401 } } })
    expect(upstream.seen).toHaveLength(2)
    expect(challenges).toHaveLength(1)
  })

  it('PROXY-05 answers by 502 when nothing better can be had', async () => {
    const { gateway, upstream } = await setUp(async () => undefined)
    expect((await post(gateway.url, legacy('tools/list'))).status).toBe(502)
    expect(upstream.seen).toHaveLength(1)
  })

  it('fails closed when the credential cannot be had', async () => {
    const { gateway, upstream } = await setUp(() => Promise.reject(new Error('storage is away')))
    expect((await post(gateway.url, legacy('tools/list'))).status).toBe(503)
    expect(upstream.seen).toHaveLength(1)
  })
})

describe.each(transports)('a client that goes over %s', (transport) => {
  /** How often the operator is told of a failure while a client sends these parts and goes. */
  async function toldOf(...parts: readonly string[]): Promise<number> {
    const errors: unknown[] = []
    const entered = Promise.withResolvers<void>()
    const handled = Promise.withResolvers<void>()
    const options: McpProxyOptions = {
      upstream: { url: 'http://127.0.0.1:1/mcp', name: 'Upstream', era: 'both' },
      sessions: sealedSessions(readableSealer, 'http://gateway.test/mcp'),
      onError: (error) => errors.push(error),
    }
    const url = await (transport === 'fetch' ? startFetch() : startNode())
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write('POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n')
    socket.write(parts.join(''))
    await entered.promise
    if (parts.length === 1) socket.destroy()
    await handled.promise
    socket.destroy()
    return errors.length

    function startFetch() {
      const proxy = createMcpProxy(options)
      return serveFetch(async (request) => {
        entered.resolve()
        const response = await proxy.fetch(request, ada)
        handled.resolve()
        return response
      })
    }
    function startNode() {
      const proxy = createNodeMcpProxy(options)
      onTestFinished(() => proxy.close())
      return serve((request, response) => {
        entered.resolve()
        void proxy.handle(request, response, ada).then(handled.resolve)
      })
    }
  }

  it('H08 is no failure of the gateway while its request is on the way, and an upstream that is away is one', async () => {
    const message = JSON.stringify(legacy('tools/list'))
    expect(await toldOf(`content-length: ${message.length + 1}\r\n\r\n${message}`)).toBe(0)
    expect(await toldOf(`content-length: ${message.length}\r\n\r\n`, message)).toBe(1)
  })
})
