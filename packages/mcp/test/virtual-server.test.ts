import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as SessionClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as SessionTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, it, onTestFinished } from 'vitest'

import {
  createMcpProxy,
  createVirtualUpstream,
  type JsonObject,
  sealedSessions,
  type Upstream,
} from '../src/index.ts'
import { ada, readableSealer } from './peers/gateway.ts'
import { serveFetch } from './peers/loopback.ts'
import { modern, post } from './peers/messages.ts'
import { answer, startUpstream } from './peers/scripted-upstream.ts'
import { startSessionServer } from './peers/session-server.ts'
import { startStatelessServer } from './peers/stateless-server.ts'

const sessions = sealedSessions(readableSealer, 'http://gateway.test/mcp')

/** A virtual server in front of these upstreams, by their prefixes. */
async function startVirtual(
  upstreams: Readonly<Record<string, Partial<Upstream> & { readonly url: string }>>,
) {
  const members = Object.entries(upstreams).map(([prefix, upstream]) => ({
    prefix,
    proxy: createMcpProxy({ upstream: { name: prefix, era: 'auto', ...upstream }, sessions }),
  }))
  const errors: unknown[] = []
  const proxy = createMcpProxy({
    upstream: { url: 'http://virtual.invalid/', name: 'Virtual', era: 'modern' },
    sessions,
    fetch: createVirtualUpstream({ name: 'virtual', members }),
    onError: (error) => errors.push(error),
  })
  const url = await serveFetch((request) => proxy.fetch(request, ada))
  const ask = async (method: string, params: JsonObject = {}) => {
    const { body, headers } = modern(method, params)
    const response = await post(`${url}/mcp`, body, headers)
    return (await response.json()) as { readonly result?: JsonObject; readonly error?: JsonObject }
  }
  return { url: `${url}/mcp`, ask, errors }
}

const clients = {
  async modern(url: string) {
    const client = new ModernClient(
      { name: 'v2', version: '2.0.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: { form: {} } } },
    )
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }))
    await client.connect(new ModernTransport(new URL(url)))
    onTestFinished(() => client.close())
    return client
  },
  async session(url: string) {
    const client = new SessionClient({ name: 'v1', version: '1.0.0' }, { capabilities: { elicitation: {} } })
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }))
    await client.connect(new SessionTransport(new URL(url)))
    onTestFinished(() => client.close())
    return client
  },
}

describe.each(['modern', 'session'] as const)('a virtual server and a %s client', (era) => {
  async function setUp() {
    const [stateless, session] = [
      await startStatelessServer({ legacy: 'reject' }),
      await startSessionServer(),
    ]
    const virtual = await startVirtual({ new: stateless, old: session })
    return { virtual, client: await clients[era](virtual.url) }
  }

  it('PROXY-14 lists the tools of all upstreams under their prefixes, and calls the one that is meant', async () => {
    const { client, virtual } = await setUp()
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual([
      'new_echo',
      'new_count',
      'new_wait',
      'new_ask',
      'new_region',
      'old_echo',
      'old_count',
      'old_ask',
    ])
    for (const prefix of ['new', 'old']) {
      const echoed = await client.callTool({ name: `${prefix}_echo`, arguments: { text: prefix } })
      expect(echoed.content).toEqual([{ type: 'text', text: prefix }])
    }
    expect(virtual.errors).toEqual([])
  })

  it('carries progress, questions, and arguments that are mirrored in headers', async () => {
    const { client } = await setUp()
    for (const prefix of ['new', 'old']) {
      let progress = 0
      const counting = { name: `${prefix}_count`, arguments: { to: 3 } }
      const onprogress = () => void (progress += 1)
      const counted =
        client instanceof ModernClient
          ? await client.callTool(counting, { onprogress })
          : await client.callTool(counting, undefined, { onprogress })
      expect(counted.content).toEqual([{ type: 'text', text: 'counted to 3' }])
      expect(progress).toBe(3)
      const asked = await client.callTool({ name: `${prefix}_ask`, arguments: {} })
      expect(asked.content).toEqual([{ type: 'text', text: 'hello Ada' }])
    }
    const region = await client.callTool({ name: 'new_region', arguments: { region: 'eu' } })
    expect(region.content).toEqual([{ type: 'text', text: 'eu' }])
  })

  it('leads to the prompts and resources of each', async () => {
    const { client } = await setUp()
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['new_greet', 'old_greet'])
    expect((await client.getPrompt({ name: 'old_greet' })).messages).toHaveLength(1)
    const { resources } = await client.listResources()
    expect(resources.map(({ uri }) => uri)).toEqual(['new+file:///readme', 'old+file:///readme'])
    const { contents } = await client.readResource({ uri: 'old+file:///readme' })
    expect(contents).toMatchObject([{ uri: 'old+file:///readme', text: 'read me' }])
  })

  it.each(['echo', 'other_echo', '_echo', 'new'])('knows no tool %j', async (name) => {
    const { client } = await setUp()
    await expect(client.callTool({ name, arguments: {} })).rejects.toThrow('Unknown tool')
  })
})

describe('the upstreams of a virtual server', () => {
  it('get a credential of their own, and their own names', async () => {
    const [one, two] = [await startUpstream(), await startUpstream()]
    const authorize = (key: string) => () => Promise.resolve({ headers: { 'x-key': key } })
    const { ask } = await startVirtual({
      one: { url: one.url, era: 'modern', authorize: authorize('1') },
      two: { url: two.url, era: 'modern', authorize: authorize('2') },
    })
    await ask('tools/call', { name: 'two_a_b', arguments: { x: 1 } })
    expect(one.seen).toEqual([])
    expect(two.seen).toMatchObject([
      {
        headers: { 'x-key': '2', 'mcp-name': 'a_b' },
        message: { params: { name: 'a_b', arguments: { x: 1 } } },
      },
    ])
  })

  it('list what they have while another one fails, which is named', async () => {
    const good = await startUpstream(answer({ tools: [{ name: 'a' }], ttlMs: 60_000, cacheScope: 'public' }))
    const { ask } = await startVirtual({
      good: { url: good.url, era: 'modern' },
      down: { url: 'http://127.0.0.1:1/mcp', era: 'modern' },
      away: {
        url: good.url,
        era: 'modern',
        authorize: () =>
          Promise.resolve({ connectUrl: 'https://g/c', message: 'Connect it.', elicitationId: 'e' }),
      },
    })
    const { result } = await ask('tools/list')
    expect(result).toEqual({
      resultType: 'complete',
      tools: [{ name: 'good_a' }],
      ttlMs: 0,
      cacheScope: 'private',
      _meta: {
        'portico/unavailable': [
          { prefix: 'down', message: 'down cannot be reached' },
          { prefix: 'away', message: 'Connect it. Open https://g/c' },
        ],
      },
    })
    const connect = await ask('tools/call', { name: 'away_x' })
    expect(connect.result).toMatchObject({ isError: true })
    expect((await ask('tools/call', { name: 'down_x' })).error).toMatchObject({ data: { upstream: 'down' } })
  })

  it('PROXY-22 answer with the failure where all of them fail, never with an empty list', async () => {
    const { ask } = await startVirtual({ down: { url: 'http://127.0.0.1:1/mcp', era: 'modern' } })
    expect((await ask('tools/list')).error).toMatchObject({
      data: { upstream: 'down', reason: 'unreachable' },
    })
    expect((await ask('server/discover')).error).toMatchObject({ data: { upstream: 'down' } })
  })

  it('are asked for every page, and one without such a list is no failure', async () => {
    const paged = await startUpstream((request, response) => {
      const { cursor } = request.message['params'] as { cursor?: string }
      const result =
        cursor === undefined ? { tools: [{ name: 'a' }], nextCursor: '2' } : { tools: [{ name: 'b' }] }
      answer(result)(request, response)
    })
    const none = await startUpstream(({ message }, response) => {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({ jsonrpc: '2.0', id: message['id'], error: { code: -32_601, message: 'no' } }),
      )
    })
    const { ask } = await startVirtual({
      p: { url: paged.url, era: 'modern' },
      n: { url: none.url, era: 'modern' },
    })
    const { result } = await ask('tools/list')
    expect(result).toMatchObject({ tools: [{ name: 'p_a' }, { name: 'p_b' }] })
    expect(result).not.toHaveProperty('_meta')
  })

  it('PROXY-13 promise nothing together that cannot be kept', async () => {
    const capabilities = { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} }
    const upstream = await startUpstream(
      answer({ capabilities, supportedVersions: ['2026-07-28'], serverInfo: { name: 'x', version: '1' } }),
    )
    const { ask } = await startVirtual({ one: { url: upstream.url, era: 'modern' } })
    const { result } = await ask('server/discover')
    expect(result).toMatchObject({
      capabilities: { tools: {}, resources: {} },
      serverInfo: { name: 'virtual' },
    })
    expect((await ask('subscriptions/listen', { notifications: {} })).error).toMatchObject({ code: -32_601 })
    expect((await ask('tasks/get', { taskId: 't' })).error).toMatchObject({ code: -32_602 })
    expect((await ask('tasks/list')).error).toMatchObject({ code: -32_601 })
  })

  it('make links in results that lead back to them', async () => {
    const upstream = await startUpstream(
      answer({
        content: [
          { type: 'resource_link', uri: 'file:///a', name: 'a' },
          { type: 'resource', resource: { uri: 'file:///b', text: 'b' } },
          { type: 'text', text: 'file:///c' },
        ],
      }),
    )
    const { ask } = await startVirtual({ one: { url: upstream.url, era: 'modern' } })
    expect((await ask('tools/call', { name: 'one_x' })).result).toMatchObject({
      content: [{ uri: 'one+file:///a' }, { resource: { uri: 'one+file:///b' } }, { text: 'file:///c' }],
    })
  })

  it.each([
    ['no member', []],
    ['a prefix with a separator', ['a_b']],
    ['a prefix in capitals', ['Linear']],
    ['the same prefix twice', ['a', 'a']],
  ])('are refused with %s', (_, prefixes) => {
    const proxy = { fetch: () => Promise.resolve(new Response()) }
    const members = prefixes.map((prefix) => ({ prefix, proxy }))
    expect(() => createVirtualUpstream({ name: 'v', members })).toThrow('members')
  })
})
