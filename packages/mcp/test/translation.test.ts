import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as SessionClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as SessionTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, it, onTestFinished } from 'vitest'

import { startGateway, transports } from './peers/gateway.ts'
import { startSessionServer } from './peers/session-server.ts'
import { startStatelessServer } from './peers/stateless-server.ts'

describe.each(transports)(
  'PROXY-08, COMPAT-23 official SDK peers of different eras, over %s',
  (transport) => {
    async function modernClient(url: string) {
      const client = new ModernClient(
        { name: 'v2', version: '2.0.0' },
        { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: { form: {} } } },
      )
      client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }))
      await client.connect(new ModernTransport(new URL(url)))
      onTestFinished(() => client.close())
      return client
    }

    async function sessionClient(url: string) {
      const client = new SessionClient(
        { name: 'v1', version: '1.0.0' },
        { capabilities: { elicitation: {} } },
      )
      client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }))
      const connection = new SessionTransport(new URL(url))
      await client.connect(connection)
      onTestFinished(() => client.close())
      return { client, connection }
    }

    it.each([{ json: false }, { json: true }])(
      'a modern client works with a session server (%o)',
      async (options) => {
        const upstream = await startSessionServer(options)
        const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
        const client = await modernClient(gateway.url)
        expect(client.getServerVersion()).toMatchObject({ name: 'session-server' })
        expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo', 'count', 'ask'])
        const echoed = await client.callTool({ name: 'echo', arguments: { text: 'hello' } })
        expect(echoed.content).toEqual([{ type: 'text', text: 'hello' }])
        expect((await client.readResource({ uri: 'file:///readme' })).contents[0]).toMatchObject({
          text: 'read me',
        })
        expect((await client.getPrompt({ name: 'greet' })).messages).toHaveLength(1)
        expect(upstream.sessions.size).toBe(1)
        expect(gateway.errors).toEqual([])
      },
    )

    it('a modern client hears the progress of a session server, and answers what it asks', async () => {
      const upstream = await startSessionServer()
      const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
      const client = await modernClient(gateway.url)
      const progress: number[] = []
      const counted = await client.callTool(
        { name: 'count', arguments: { to: 3 } },
        { onprogress: ({ progress: step }) => void progress.push(step) },
      )
      expect(counted.content).toEqual([{ type: 'text', text: 'counted to 3' }])
      expect(progress).toEqual([1, 2, 3])
      const asked = await client.callTool({ name: 'ask', arguments: {} })
      expect(asked.content).toEqual([{ type: 'text', text: 'hello Ada' }])
      expect(gateway.errors).toEqual([])
    })

    it('PROXY-10 a modern client does not notice that the session server has forgotten its session', async () => {
      const upstream = await startSessionServer()
      const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
      const client = await modernClient(gateway.url)
      await client.listTools()
      upstream.sessions.clear()
      expect((await client.callTool({ name: 'echo', arguments: { text: 'again' } })).content).toHaveLength(1)
      expect(upstream.sessions.size).toBe(1)
    })

    it('a session client works with a modern server: tools, progress, questions, resources, prompts, DELETE', async () => {
      const upstream = await startStatelessServer({ legacy: 'reject' })
      const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
      const { client, connection } = await sessionClient(gateway.url)
      expect(client.getServerVersion()).toMatchObject({ name: 'stateless-server' })
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual([
        'echo',
        'count',
        'wait',
        'ask',
        'region',
      ])
      const progress: number[] = []
      const counted = await client.callTool({ name: 'count', arguments: { to: 3 } }, undefined, {
        onprogress: ({ progress: step }) => void progress.push(step),
      })
      expect(counted.content).toEqual([{ type: 'text', text: 'counted to 3' }])
      expect(progress).toEqual([1, 2, 3])
      const asked = await client.callTool({ name: 'ask', arguments: {} })
      expect(asked.content).toEqual([{ type: 'text', text: 'hello Ada' }])
      expect((await client.readResource({ uri: 'file:///readme' })).contents[0]).toMatchObject({
        text: 'read me',
      })
      expect((await client.getPrompt({ name: 'greet' })).messages).toHaveLength(1)
      await client.ping()
      expect(connection.sessionId).toBeDefined()
      await connection.terminateSession()
      expect(gateway.errors).toEqual([])
    })

    it('PROXY-04 a session client calls a tool whose argument the modern server wants in a header', async () => {
      const upstream = await startStatelessServer({ legacy: 'reject' })
      const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
      const { client } = await sessionClient(gateway.url)
      const called = await client.callTool({ name: 'region', arguments: { region: 'größe' } })
      expect(called.content).toEqual([{ type: 'text', text: 'größe' }])
      expect(upstream.seen.at(-1)?.headers.get('mcp-param-region')).toBe('=?base64?Z3LDtsOfZQ==?=')
    })

    it('a session client is told when the tools of a modern server change', async () => {
      const upstream = await startStatelessServer({ legacy: 'reject' })
      const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
      const { client } = await sessionClient(gateway.url)
      const { promise: told, resolve } = Promise.withResolvers<string>()
      client.setNotificationHandler(ToolListChangedNotificationSchema, ({ method }) => resolve(method))
      const timer = setInterval(() => upstream.notify.toolsChanged(), 20)
      onTestFinished(() => clearInterval(timer))
      expect(await told).toBe('notifications/tools/list_changed')
    })

    it('a modern client is told when the tools of a session server change', async () => {
      const upstream = await startSessionServer()
      const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
      const client = await modernClient(gateway.url)
      const { promise: told, resolve } = Promise.withResolvers<string>()
      client.setNotificationHandler('notifications/tools/list_changed', ({ method }) => resolve(method))
      const subscription = await client.listen({ toolsListChanged: true })
      onTestFinished(() => subscription.close())
      const timer = setInterval(() => {
        for (const server of upstream.servers) server.sendToolListChanged()
      }, 20)
      onTestFinished(() => clearInterval(timer))
      expect(await told).toBe('notifications/tools/list_changed')
    })
  },
)
