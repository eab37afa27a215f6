import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { serve, type ServedRequest, type ServeOptions } from '../src/node/index.ts'
import { discoveryOf, testGateway } from './test-gateway.ts'

type Upstream = (request: Request) => Response | Promise<Response>

const toolList: Upstream = async (request) => {
  const { id } = (await request.json()) as { id: unknown }
  return Response.json({ jsonrpc: '2.0', id, result: { resultType: 'complete', tools: [] } })
}

/** A gateway behind sockets, in front of an upstream behind one. */
async function start(upstream: Upstream = toolList, options: Partial<ServeOptions> = {}) {
  const upstreamServer = await serveOnLoopback(() => async (request) => {
    if (request.method === 'GET') return upstream(request)
    const message = (await request.clone().json()) as { readonly id?: unknown; readonly method?: unknown }
    return discoveryOf(message) ?? upstream(request)
  })
  onTestFinished(() => upstreamServer.close())
  const peers = testGateway(
    {
      publicUrl: undefined,
      routes: [{ path: '/mcp/demo', id: 'demo', upstream: { url: `${upstreamServer.origin}/mcp` } }],
      upstreamFetch: () => Promise.reject(new Error('MCP routes take the way of Node')),
    },
    { reach: nodeFetch },
  )
  const server = await serve(peers.gateway, { port: 0, ...options })
  onTestFinished(() => server.close())
  return { ...peers, server, url: `http://localhost:${server.port}/mcp/demo` }
}

const post = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  nodeFetch(
    new Request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}',
    }),
  )

/** Of the answer to a message with exactly these header lines. */
async function statusOf(port: number, lines: readonly (readonly [name: string, value: string])[]) {
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'
  const all = [...lines, ['connection', 'close'], ['content-length', String(body.length)]]
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const socket = connect(port, '127.0.0.1')
  socket.write(`POST /mcp/demo HTTP/1.1\r\n${head}\r\n${body}`)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Number(Buffer.concat(chunks).toString().split(' ')[1])
}

describe('a gateway on Node', () => {
  it('connects a client and serves it, streams included', async () => {
    const { client, url } = await start(async (request) => {
      const { id } = (await request.json()) as { id: unknown }
      const result = { resultType: 'complete', content: [] }
      const events = [
        { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
        { jsonrpc: '2.0', id, result },
      ]
      return new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), {
        headers: { 'content-type': 'text/event-stream' },
      })
    })
    const connection = await client.connect(url)
    const answer = await connection.call('tools/call', { name: 'slow', arguments: {} })
    expect(answer.status).toBe(200)
    expect(answer.messages.map(({ method }) => method)).toEqual(['notifications/progress', undefined])
  })

  it('TR-04, TR-19 listens on every loopback address that this machine has', async () => {
    const { server } = await start()
    for (const host of ['127.0.0.1', ...((await hasIpv6()) ? ['[::1]'] : [])]) {
      const response = await nodeFetch(new Request(`http://${host}:${server.port}/healthz`))
      expect([host, response.status]).toEqual([host, 200])
    }
  })

  it('guards a route as the portable transport does', async () => {
    const { client, url } = await start()
    const refused = await post(url)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('resource_metadata="http://localhost:')
    expect((await post(url, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await post(url, { host: 'evil.example' })).status).toBe(403)
    const { tokens } = await client.connect(url)
    const authorization = `Bearer ${tokens.accessToken}`
    const allowed = await post(url, { authorization, origin: 'http://localhost:6274' })
    expect(allowed.status).toBe(200)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://localhost:6274')
    expect((await post(`${url}/`, { authorization })).status).toBe(200)
    expect((await post(`${url}?a=b`, { authorization })).status).toBe(200)
    expect((await post(`${url}/x`, { authorization })).status).toBe(404)
  })

  it('D03, H04 takes no request in which a header that decides stands twice', async () => {
    const { client, server, url } = await start()
    const { tokens } = await client.connect(url)
    const once = {
      host: `localhost:${server.port}`,
      authorization: `Bearer ${tokens.accessToken}`,
      'content-type': 'application/json',
    }
    const again = { host: 'evil.example', authorization: 'Bearer other', 'content-type': 'text/plain' }
    expect(await statusOf(server.port, Object.entries(once))).toBe(200)
    const statuses: [name: string, status: number][] = []
    for (const second of Object.entries(again)) {
      statuses.push([second[0], await statusOf(server.port, [...Object.entries(once), second])])
    }
    expect(statuses).toEqual([
      ['host', 400],
      ['authorization', 400],
      ['content-type', 415],
    ])
  })

  it('AS-17 answers for metadata as the portable transport does', async () => {
    const { gateway, server } = await start()
    const origin = `http://localhost:${server.port}`
    const path = '/.well-known/oauth-authorization-server/mcp/demo'
    const told = async (response: Response) => ({
      status: response.status,
      // Every request has an id of its own.
      body: (await response.text()).replace(/"request_id":"\w{32}"/, ''),
      headers: Object.fromEntries(
        ['content-type', 'cache-control', 'etag', 'access-control-allow-origin', 'allow'].map((name) => [
          name,
          response.headers.get(name),
        ]),
      ),
    })
    const etag = (await nodeFetch(new Request(origin + path))).headers.get('etag') ?? ''
    const requests: readonly [path: string, init: RequestInit, status: number][] = [
      [path, {}, 200],
      [`${path}?any=query`, {}, 200],
      [path, { headers: { 'if-none-match': etag } }, 304],
      [path, { headers: { 'if-none-match': '"other"' } }, 200],
      [path, { method: 'HEAD' }, 200],
      [path, { method: 'OPTIONS' }, 204],
      [path, { method: 'DELETE' }, 405],
      ['/.well-known/oauth-protected-resource/mcp/demo', {}, 200],
      ['/.well-known/oauth-protected-resource/mcp/other', {}, 404],
    ]
    for (const [where, init, status] of requests) {
      const answer = await told(await nodeFetch(new Request(origin + where, init)))
      expect(answer.status).toBe(status)
      // Only the body of HEAD is the host's own affair.
      const portable = await told(await gateway.fetch(new Request(origin + where, init)))
      expect(answer).toEqual(init.method === 'HEAD' ? { ...portable, body: '' } : portable)
    }
  })

  it('keeps a connection usable after a refusal', async () => {
    const { url } = await start()
    const statuses = []
    for (let count = 0; count < 3; count += 1)
      statuses.push((await fetch(url, { method: 'POST', body: 'x' })).status)
    expect(statuses).toEqual([401, 401, 401])
  })

  it('refuses a port that is taken, and frees what it had begun', async () => {
    const { gateway, server } = await start()
    await expect(serve(gateway, { port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('listens where it is told to', async () => {
    const { server } = await start(toolList, { hosts: ['127.0.0.1'] })
    if (!(await hasIpv6())) return
    await expect(nodeFetch(new Request(`http://[::1]:${server.port}/healthz`))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
  })
})

describe('closing', () => {
  it('lets a request finish that is under way, and takes no new one', async () => {
    const begun = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const { client, server, url } = await start(async (request) => {
      begun.resolve()
      await finish.promise
      return toolList(request)
    })
    const connection = await client.connect(url)
    const call = connection.call('tools/list')
    await begun.promise
    const closed = server.close()
    await expect(post(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    finish.resolve()
    expect((await call).status).toBe(200)
    await closed
  })

  it('cuts off what does not finish in time', async () => {
    const begun = Promise.withResolvers<void>()
    const { client, server, url } = await start(
      () => {
        begun.resolve()
        return new Promise<Response>(() => {})
      },
      { drainSeconds: 0 },
    )
    const connection = await client.connect(url)
    const outcome = connection.call('tools/list').catch(() => 'cut off')
    await begun.promise
    await server.close()
    expect(await outcome).toBe('cut off')
  })

  /** An upstream that says one thing on a stream, and nothing more for as long as anybody listens. */
  const endless = () => {
    const left = Promise.withResolvers<void>()
    const upstream: Upstream = () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(': one\n\n')),
        cancel: () => left.resolve(),
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }
    return { upstream, left: left.promise }
  }

  it('tells the client of a stream that does not finish in time, by its orderly end', async () => {
    const { upstream, left } = endless()
    const { client, server, url } = await start(upstream, { drainSeconds: 0 })
    const { tokens } = await client.connect(url)
    const authorization = `Bearer ${tokens.accessToken}`
    const response = await post(url, { authorization, accept: 'application/json, text/event-stream' })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const closed = server.close()
    // A connection that breaks would make this reject.
    expect(await response.text()).toBe(': one\n\n')
    await left
    await closed
  })

  it('ends streams on which clients only listen at once, whatever time there is', async () => {
    const { upstream, left } = endless()
    const { client, server, url } = await start(upstream, { drainSeconds: 3600 })
    const { tokens } = await client.connect(url)
    const response = await nodeFetch(
      new Request(url, {
        headers: { authorization: `Bearer ${tokens.accessToken}`, accept: 'text/event-stream' },
      }),
    )
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const closed = server.close()
    expect(await response.text()).toBe(': one\n\n')
    await left
    await closed
  })
})

describe('the access log', () => {
  async function logged(headers: Readonly<Record<string, string>>, options: Partial<ServeOptions> = {}) {
    const first = Promise.withResolvers<ServedRequest>()
    const { server } = await start(toolList, { hosts: ['127.0.0.1'], onRequest: first.resolve, ...options })
    await nodeFetch(new Request(`http://127.0.0.1:${server.port}/healthz?code=secret`, { headers }))
    return first.promise
  }

  it('has method, path, status, duration and address, and no query', async () => {
    expect(await logged({})).toEqual({
      method: 'GET',
      path: '/healthz',
      status: 200,
      durationMs: expect.any(Number),
      clientAddress: '127.0.0.1',
      requestId: expect.stringMatching(/^[\da-f]{32}$/),
    })
  })

  it.each<[string, readonly string[], string, string]>([
    ['is not believed from a stranger', [], '192.0.2.1', '127.0.0.1'],
    ['is believed from a trusted proxy', ['127.0.0.1'], '192.0.2.1', '192.0.2.1'],
    ['is believed from a trusted range', ['127.0.0.0/8'], '192.0.2.1', '192.0.2.1'],
    ['counts from the right', ['127.0.0.1'], '198.51.100.9, 192.0.2.1', '192.0.2.1'],
    ['goes on through trusted proxies', ['127.0.0.1', '10.0.0.0/8'], '192.0.2.1, 10.1.2.3', '192.0.2.1'],
    ['is cut off at what is no address', ['127.0.0.1'], '192.0.2.1, unknown', '127.0.0.1'],
    ['may be IPv6', ['127.0.0.1'], '2001:db8::1', '2001:db8::1'],
    ['may be an IPv4 address in IPv6', ['127.0.0.1'], '::ffff:192.0.2.1', '192.0.2.1'],
    ['may name a port', ['127.0.0.1'], '198.51.100.9:1, 192.0.2.1:4711', '192.0.2.1'],
    ['may name a port behind IPv6', ['127.0.0.1'], '[2001:db8::1]:4711', '2001:db8::1'],
    ['names a port that is none', ['127.0.0.1'], '192.0.2.1:4711:1', '127.0.0.1'],
  ])('SEC-12 X-Forwarded-For %s', async (_rule, trustedProxies, forwarded, expected) => {
    const { clientAddress } = await logged({ 'x-forwarded-for': forwarded }, { trustedProxies })
    expect(clientAddress).toBe(expected)
  })

  it('SEC-16 limits by the address that a trusted proxy names', async () => {
    const { gateway } = testGateway({ publicUrl: undefined, rateLimits: { registration: 1 } })
    const server = await serve(gateway, { port: 0, hosts: ['127.0.0.1'], trustedProxies: ['127.0.0.1'] })
    onTestFinished(() => server.close())
    const register = async (client: string) => {
      const response = await nodeFetch(
        new Request(`http://127.0.0.1:${server.port}/oauth/register`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': client },
          body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/callback'] }),
        }),
      )
      return response.status
    }
    expect(await register('192.0.2.1')).toBe(201)
    expect(await register('192.0.2.1')).toBe(429)
    expect(await register('192.0.2.2')).toBe(201)
    expect(await register('192.0.2.2:4711')).toBe(429)
    // Connections of this machine itself are not counted.
    expect([await register(''), await register('')]).toEqual([201, 201])
  })

  it.each<[string, string, string]>([
    ['names the client', 'for=192.0.2.1', '192.0.2.1'],
    ['counts from the right', 'for=198.51.100.9, for=192.0.2.1;proto=https', '192.0.2.1'],
    ['may name a port', 'proto=https; FOR="192.0.2.1:4711"', '192.0.2.1'],
    ['may be IPv6', 'for="[2001:db8::1]:4711"', '2001:db8::1'],
    ['is cut off at what is no address', 'for=192.0.2.1, for=_hidden', '127.0.0.1'],
  ])('SEC-12 RFC 7239 §4 Forwarded %s', async (_rule, forwarded, expected) => {
    const { clientAddress } = await logged({ forwarded }, { trustedProxies: ['127.0.0.1'] })
    expect(clientAddress).toBe(expected)
  })

  it('SEC-12 Forwarded does not count beside X-Forwarded-For: the proxy may have let it through', async () => {
    const headers = { forwarded: 'for=192.0.2.1', 'x-forwarded-for': '203.0.113.7' }
    const { clientAddress } = await logged(headers, { trustedProxies: ['127.0.0.1'] })
    expect(clientAddress).toBe('203.0.113.7')
  })

  it('SEC-12 Forwarded is not believed from a stranger', async () => {
    const { clientAddress } = await logged({ forwarded: 'for=192.0.2.1' })
    expect(clientAddress).toBe('127.0.0.1')
  })

  it.each(['127.0.0.1/', '127.0.0.1/ ', '::/', '127.0.0.0/8/8', '127.0.0.0/0x8'])(
    'SEC-12 refuses the trusted range %j, which could be read as everybody',
    async (range) => {
      const { gateway } = testGateway()
      await expect(serve(gateway, { port: 0, trustedProxies: [range] })).rejects.toThrow(
        `trustedProxies: "${range}" is neither an address nor a range`,
      )
    },
  )

  it('refuses a trusted proxy that is no address', async () => {
    const { gateway } = testGateway()
    await expect(serve(gateway, { port: 0, trustedProxies: ['proxy.example'] })).rejects.toThrow(
      '"proxy.example"',
    )
  })
})

/** Many containers have no `::1`. */
function hasIpv6(): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ host: '::1', port: 0 }, () => {
      const { family } = server.address() as AddressInfo
      server.close(() => resolve(family === 'IPv6'))
    })
  })
}
