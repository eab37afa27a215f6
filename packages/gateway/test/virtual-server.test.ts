import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { serve } from '../src/node/index.ts'
import { parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'
import { demoUrl, discoveryOf, testGateway } from './test-gateway.ts'

const policy = (name: string, policyType: string, options: object) => ({
  name,
  policyType,
  handler: { module: '$import(@portico/gateway)', export: 'Policy', options },
})
const key = policy('key', 'set-headers-inbound', { headers: [{ name: 'X-Key', value: 'k' }] })
const filter = policy('filter', 'mcp-capability-filter-inbound', { tools: ['linear_search'] })
const exchange = policy('mcp-token-exchange-notes', 'mcp-token-exchange-inbound', {
  displayName: 'Notes',
  authMode: 'user-oauth',
})

const linear = { prefix: 'linear', rewritePattern: 'https://linear.example/mcp', policies: ['key'] }
const notes = {
  prefix: 'notes',
  rewritePattern: 'https://notes.example/mcp',
  era: 'legacy',
  policies: ['mcp-token-exchange-notes'],
}

const files = (
  upstreams: unknown,
  inbound: readonly string[] = ['staff', 'filter'],
  options: object = {},
) => ({
  policies: [signInPolicy(), key, filter, exchange],
  routes: routesWith({
    handler: { options: { upstreams, ...options } },
    route: { policies: { inbound } },
  }),
})

describe('several upstreams in the routes file', () => {
  it('have prefixes, credentials and eras of their own', async () => {
    const { config } = await parse(files([linear, notes]))
    expect(config.routes).toMatchObject([
      {
        id: 'linear-mcp-server',
        upstreams: [
          { prefix: 'linear', url: 'https://linear.example/mcp', headers: { 'X-Key': 'k' } },
          {
            prefix: 'notes',
            url: 'https://notes.example/mcp',
            headers: {},
            era: 'legacy',
            connection: 'notes',
          },
        ],
        capabilities: { tools: ['linear_search'] },
      },
    ])
    expect(config.connections).toMatchObject([{ id: 'notes', url: 'https://notes.example/mcp' }])
  })

  it.each<[string, unknown, readonly string[], object, string, string]>([
    ['no upstream', [], ['staff'], {}, 'options.upstreams', 'must not be empty'],
    [
      'one without a prefix',
      [{ ...linear, prefix: undefined }],
      ['staff'],
      {},
      'upstreams[0].prefix',
      'is missing',
    ],
    [
      'a prefix with a separator',
      [{ ...linear, prefix: 'a_b' }],
      ['staff'],
      {},
      'upstreams[0].prefix',
      'lower case',
    ],
    [
      'the same prefix twice',
      [linear, { ...linear, policies: [] }],
      ['staff'],
      {},
      'upstreams[1].prefix',
      'two upstreams',
    ],
    [
      'a wrong URL',
      [{ ...linear, rewritePattern: 'x' }],
      ['staff'],
      {},
      'upstreams[0].rewritePattern',
      'complete URL',
    ],
    [
      'one upstream beside them',
      [linear],
      ['staff'],
      { rewritePattern: 'https://a.example' },
      'options.rewritePattern',
      'upstreams',
    ],
    [
      'a credential for all of them',
      [linear],
      ['staff', 'key'],
      {},
      'policies.inbound[1]',
      'concerns one upstream',
    ],
    [
      'a filter at one of them',
      [{ ...linear, policies: ['filter'] }],
      ['staff'],
      {},
      'upstreams[0].policies[0]',
      'whole route',
    ],
    [
      'an unknown policy',
      [{ ...linear, policies: ['kay'] }],
      ['staff'],
      {},
      'upstreams[0].policies[0]',
      'did you mean "key"',
    ],
  ])('are refused with %s', async (_, upstreams, inbound, options, place, message) => {
    expect(await problemsOf(files(upstreams, inbound, options))).toContainEqual(
      expect.objectContaining({
        path: expect.stringContaining(place),
        message: expect.stringContaining(message),
      }),
    )
  })
})

/** An upstream of the modern era with one tool, named after its own host. */
async function answerAs(url: string, init: RequestInit): Promise<Response> {
  const body = (await new Request(url, init).json()) as {
    id: unknown
    method: string
    params: { name?: string }
  }
  const discovery = discoveryOf(body)
  if (discovery) return discovery
  const text = `${new URL(url).host} ${new Headers(init.headers).get('x-key')} ${body.params.name}`
  const result =
    body.method === 'tools/list' ? { tools: [{ name: 'echo' }] } : { content: [{ type: 'text', text }] }
  return Response.json({ jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', ...result } })
}

describe('a route with several upstreams', () => {
  const routes = [
    {
      path: '/mcp/demo',
      id: 'demo',
      upstreams: [
        { prefix: 'one', url: 'https://one.example/mcp', headers: { 'X-Key': '1' } },
        { prefix: 'two', url: 'https://two.example/mcp', headers: { 'X-Key': '2' } },
      ],
      capabilities: { rules: [{ effect: 'deny' as const, tools: ['one_*'], groups: ['guests'] }] },
    },
  ]

  it('is one server, whose tools have one set of rules', async () => {
    const { client } = testGateway({ routes, upstreamFetch: answerAs })
    const staff = await client.connect(demoUrl)
    expect((await staff.call('tools/list')).result).toMatchObject({
      tools: [{ name: 'one_echo' }, { name: 'two_echo' }],
    })
    expect((await staff.call('tools/call', { name: 'two_echo' })).result).toMatchObject({
      content: [{ text: 'two.example 2 echo' }],
    })
  })

  it('hides the tools of one of them from a group', async () => {
    const { client, idp } = testGateway({ routes, upstreamFetch: answerAs })
    idp.signInAs({ sub: 'guest', groups: ['guests'] })
    const guest = await client.connect(demoUrl)
    expect((await guest.call('tools/list')).result).toMatchObject({ tools: [{ name: 'two_echo' }] })
    expect((await guest.call('tools/call', { name: 'one_echo' })).error).toMatchObject({
      message: 'Unknown tool: one_echo',
    })
  })

  it('answers on Node as well', async () => {
    const upstream = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        void answerAs('https://one.example/mcp', { method: 'POST', body: text }).then(async (answer) => {
          response.writeHead(200, { 'content-type': 'application/json' })
          response.end(await answer.text())
        })
      })
    })
    await new Promise<void>((resolve) => {
      upstream.listen(0, '127.0.0.1', resolve)
    })
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/mcp`
    const { client, gateway } = testGateway({
      routes: [{ path: '/mcp/demo', id: 'demo', upstreams: [{ prefix: 'one', url }] }],
      upstreamFetch: undefined,
    })
    const server = await serve(gateway, { port: 0 })
    onTestFinished(async () => {
      await server.close()
      upstream.close()
    })
    const { tokens } = await client.connect(demoUrl)
    const response = await fetch(`http://127.0.0.1:${server.port}/mcp/demo`, {
      method: 'POST',
      headers: {
        host: 'mcp.example.com',
        authorization: `Bearer ${tokens.accessToken}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}',
    })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('"protocolVersion":"2025-11-25"')
  })
})
