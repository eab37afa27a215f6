import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as SessionClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as SessionTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterEach, describe, expect, it } from 'vitest'

import { startDemoUpstream, startNotesUpstream, type Upstream } from '../src/upstreams/start-upstream.ts'

const cleanups: (() => Promise<unknown>)[] = []

async function start(create: (port: number) => Promise<Upstream>): Promise<Upstream> {
  const upstream = await create(0)
  cleanups.push(() => upstream.close())
  return upstream
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const info = { name: 'test', version: '1' }

async function connectBySession(url: string): Promise<SessionClient> {
  const client = new SessionClient(info)
  await client.connect(new SessionTransport(new URL(url)))
  cleanups.push(() => client.close())
  return client
}

async function connectModern(url: string): Promise<ModernClient> {
  const client = new ModernClient(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(new ModernTransport(new URL(url)))
  cleanups.push(() => client.close())
  return client
}

const eras = [
  ['session', connectBySession],
  ['2026-07-28', connectModern],
] as const

describe.each(eras)('in the era %s', (_, connect) => {
  it('the demo server has tools, a prompt and a resource', async () => {
    const client = await connect((await start(startDemoUpstream)).url)
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'add', 'received_headers', 'countdown'])
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['welcome'])
    expect(await client.readResource({ uri: 'demo://about' })).toMatchObject({
      contents: [{ uri: 'demo://about' }],
    })
    expect(await client.callTool({ name: 'add', arguments: { a: 2, b: 3 } })).toMatchObject({
      structuredContent: { sum: 5 },
    })
  })

  it('the countdown streams its progress', async () => {
    const client = await connect((await start(startDemoUpstream)).url)
    const seen: number[] = []
    const onprogress = ({ progress }: { progress: number }): void => void seen.push(progress)
    const call = { name: 'countdown', arguments: { from: 3, stepMs: 0 } }
    const result =
      client instanceof SessionClient
        ? await client.callTool(call, undefined, { onprogress })
        : await client.callTool(call, { onprogress })
    expect(result).toMatchObject({ content: [{ text: 'Counted down from 3.' }] })
    expect(seen).toEqual([1, 2, 3])
  })

  it('the notes server keeps notes, numbered from 1 in each notebook', async () => {
    const { url } = await start(startNotesUpstream)
    const client = await connect(url)
    const add = (notebook: string, text: string) =>
      client.callTool({ name: 'add_note', arguments: { notebook, text } })
    expect(await add('ada', 'first')).toMatchObject({ structuredContent: { id: 1 } })
    expect(await add('ada', 'second')).toMatchObject({ structuredContent: { id: 2 } })
    expect(await add('grace', 'other')).toMatchObject({ structuredContent: { id: 1 } })
    const remove = { name: 'remove_note', arguments: { notebook: 'ada', id: 1 } }
    expect(await client.callTool(remove)).toMatchObject({ isError: false })
    expect(await client.callTool(remove)).toMatchObject({ isError: true })
    const again = await connect(url)
    expect(await again.readResource({ uri: 'notes://ada' })).toMatchObject({
      contents: [{ text: '2. second' }],
    })
  })
})

describe('an upstream', () => {
  const listTools = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/list',
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  }
  const send = (url: string, headers: Record<string, string>): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/list',
        ...headers,
      },
      body: JSON.stringify(listTools),
    })

  it.each([
    ['authorization', 'Bearer a.b.c'],
    ['cookie', '__Host-portico=1'],
  ])('G03 refuses and remembers a request with %s, without its value', async (name, value) => {
    const upstream = await start(startDemoUpstream)
    expect((await send(upstream.url, {})).status).toBe(200)
    expect(upstream.leaks).toEqual([])
    expect((await send(upstream.url, { [name]: value })).status).toBe(400)
    expect(upstream.leaks).toEqual([{ method: 'POST', url: upstream.url, headers: [name] }])
    expect(JSON.stringify(upstream.leaks)).not.toContain(value)
  })

  it('TL-06 answers 404 to a session it does not know', async () => {
    const { url } = await start(startDemoUpstream)
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': 'gone',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    expect(response.status).toBe(404)
  })
})
