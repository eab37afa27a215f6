import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as SessionClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as SessionTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, it, onTestFinished } from 'vitest'

import { startGateway, transports } from './peers/gateway.ts'
import { startSessionServer } from './peers/session-server.ts'
import { startStatelessServer } from './peers/stateless-server.ts'

async function connectSessionClient(url: string) {
  const client = new SessionClient({ name: 'v1', version: '1.0.0' }, { capabilities: { elicitation: {} } })
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }))
  const transport = new SessionTransport(new URL(url))
  await client.connect(transport)
  onTestFinished(() => client.close())
  return { client, transport }
}

async function connectModernClient(url: string, mode: 'legacy' | 'auto') {
  const client = new ModernClient({ name: 'v2', version: '2.0.0' }, { versionNegotiation: { mode } })
  await client.connect(new ModernTransport(new URL(url)))
  onTestFinished(() => client.close())
  return client
}

describe.each(transports)('official SDK peers, over %s', (transport) => {
  it('a v1 client works through the proxy with a session server: tools, streams, elicitation, resources, prompts, DELETE', async () => {
    const upstream = await startSessionServer()
    const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
    const { client, transport: connection } = await connectSessionClient(gateway.url)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo', 'count', 'ask'])
    const progress: number[] = []
    const counted = await client.callTool({ name: 'count', arguments: { to: 3 } }, undefined, {
      onprogress: ({ progress: step }) => void progress.push(step),
    })
    expect(counted.content).toEqual([{ type: 'text', text: 'counted to 3' }])
    expect(progress).toEqual([1, 2, 3])
    expect((await client.callTool({ name: 'ask', arguments: {} })).content).toEqual([
      { type: 'text', text: 'hello Ada' },
    ])
    expect((await client.readResource({ uri: 'file:///readme' })).contents[0]).toMatchObject({
      text: 'read me',
    })
    expect((await client.getPrompt({ name: 'greet' })).messages).toHaveLength(1)
    expect([...upstream.sessions.keys()]).not.toContain(connection.sessionId)
    await connection.terminateSession()
    expect(upstream.sessions.size).toBe(0)
    expect(gateway.errors).toEqual([])
  })

  it('a v2 client works through the proxy with a stateless server', async () => {
    const upstream = await startStatelessServer({ legacy: 'reject' })
    const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
    const client = await connectModernClient(gateway.url, 'auto')
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual([
      'echo',
      'count',
      'wait',
      'ask',
      'region',
    ])
    const progress: number[] = []
    const counted = await client.callTool(
      { name: 'count', arguments: { to: 3 } },
      { onprogress: ({ progress: step }) => void progress.push(step) },
    )
    expect(counted.content).toEqual([{ type: 'text', text: 'counted to 3' }])
    expect(progress).toEqual([1, 2, 3])
    expect((await client.readResource({ uri: 'file:///readme' })).contents[0]).toMatchObject({
      text: 'read me',
    })
    expect((await client.getPrompt({ name: 'greet' })).messages).toHaveLength(1)
    expect(gateway.errors).toEqual([])
  })

  it('a v2 client in its legacy mode, and in auto mode, works with a session server', async () => {
    for (const mode of ['legacy', 'auto'] as const) {
      const upstream = await startSessionServer({ json: true })
      const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
      const client = await connectModernClient(gateway.url, mode)
      const echoed = await client.callTool({ name: 'echo', arguments: { text: 'ünïcödé' } })
      expect(echoed.content).toEqual([{ type: 'text', text: 'ünïcödé' }])
    }
  })

  it('a v1 client works with a server that serves both eras without sessions', async () => {
    const upstream = await startStatelessServer()
    const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
    const { client } = await connectSessionClient(gateway.url)
    const echoed = await client.callTool({ name: 'echo', arguments: { text: 'hello' } })
    expect(echoed.content).toEqual([{ type: 'text', text: 'hello' }])
  })
})
