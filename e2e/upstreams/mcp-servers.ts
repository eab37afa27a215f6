import { randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'

import { getRequestListener } from '@hono/node-server'
import { McpServer as SessionMcpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** An MCP server of the official SDK, without the door in front of it. */
export interface OfficialServer {
  readonly listener: RequestListener
  /** Calls of the tool `wait`, none of which has been answered yet. */
  readonly waiting: readonly unknown[]
  /** Answers them all. */
  release(): void
}

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })

/** Calls that are answered when the test says so: a slow server without a clock. */
function createDelay() {
  const waiting: (() => void)[] = []
  return {
    waiting,
    wait: () => new Promise<void>((resolve) => void waiting.push(resolve)),
    release() {
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}

/** Revision 2026-07-28 alone, by the second generation of the SDK: a new server for every request. */
export function statelessServer(): OfficialServer {
  const { waiting, wait, release } = createDelay()
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'stateless', version: '2.0.0' })
      server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, (input) =>
        text(input.text),
      )
      server.registerTool(
        'count',
        { inputSchema: z.object({ to: z.number() }) },
        async ({ to }, { mcpReq }) => {
          const progressToken = mcpReq._meta?.progressToken ?? 'none'
          for (let progress = 1; progress <= to; progress += 1) {
            await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } })
          }
          return text(`counted to ${to}`)
        },
      )
      server.registerTool('wait', {}, async () => {
        await wait()
        return text('at last')
      })
      return server
    },
    { legacy: 'reject' },
  )
  const listener = getRequestListener((request) => handler.fetch(request), { overrideGlobalObjects: false })
  return { listener, waiting, release }
}

/** The revisions with sessions, by the first generation of the SDK. */
export function sessionServer(): OfficialServer {
  const { waiting, wait, release } = createDelay()
  const transports = new Map<string, StreamableHTTPServerTransport>()

  async function open(): Promise<StreamableHTTPServerTransport> {
    const server = new SessionMcpServer({ name: 'session', version: '1.0.0' })
    server.registerTool('echo', { inputSchema: { text: z.string() } }, (input) => text(input.text))
    server.registerTool(
      'count',
      { inputSchema: { to: z.number() } },
      async ({ to }, { sendNotification, _meta }) => {
        const progressToken = _meta?.progressToken ?? 'none'
        for (let progress = 1; progress <= to; progress += 1) {
          await sendNotification({ method: 'notifications/progress', params: { progressToken, progress } })
        }
        return text(`counted to ${to}`)
      },
    )
    server.registerTool('wait', {}, async () => {
      await wait()
      return text('at last')
    })
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
    })
    await server.connect(transport)
    return transport
  }

  const listener: RequestListener = async (request, response) => {
    const id = request.headers['mcp-session-id']
    const transport = typeof id === 'string' ? transports.get(id) : await open()
    if (transport) await transport.handleRequest(request, response)
    else response.writeHead(404).end()
  }
  return { listener, waiting, release }
}
