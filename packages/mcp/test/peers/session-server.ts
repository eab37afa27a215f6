import { randomUUID } from 'node:crypto'
import { type RequestListener } from 'node:http'

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { z } from 'zod'

import { serve } from './loopback.ts'

/** An upstream of the session eras: the official SDK v1, with sessions, GET streams and server-sent requests. */
export async function startSessionServer(options: { readonly json?: boolean } = {}) {
  const transports = new Map<string, StreamableHTTPServerTransport>()
  const seen: { method: string; headers: NodeJS.Dict<string | string[]> }[] = []
  const servers: McpServer[] = []

  const listener: RequestListener = async (request, response) => {
    seen.push({ method: request.method ?? '', headers: request.headers })
    const id = request.headers['mcp-session-id']
    let transport = typeof id === 'string' ? transports.get(id) : undefined
    if (transport === undefined && id !== undefined) {
      return response.writeHead(404, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          jsonrpc: '2.0',
          id: null,
          error: { code: -32_001, message: 'Session not found' },
        }),
      )
    }
    if (transport === undefined) {
      const created = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        enableJsonResponse: options.json ?? false,
        onsessioninitialized: (session) => void transports.set(session, created),
        onsessionclosed: (session) => void transports.delete(session),
      })
      const server = createServer()
      servers.push(server)
      await server.connect(created)
      transport = created
    }
    await transport.handleRequest(request, response)
  }
  const url = await serve(listener)
  return { url: `${url}/mcp`, seen, sessions: transports, servers }
}

function createServer(): McpServer {
  const server = new McpServer({ name: 'session-server', version: '1.0.0' })
  server.registerTool('echo', { inputSchema: { text: z.string() } }, ({ text }) => ({
    content: [{ type: 'text', text }],
  }))
  server.registerTool(
    'count',
    { inputSchema: { to: z.number() } },
    async ({ to }, { sendNotification, _meta }) => {
      for (let step = 1; step <= to; step++) {
        await sendNotification({
          method: 'notifications/progress',
          params: { progressToken: _meta?.progressToken ?? 'none', progress: step, total: to },
        })
      }
      return { content: [{ type: 'text', text: `counted to ${to}` }] }
    },
  )
  server.registerTool('ask', { inputSchema: {} }, async () => {
    const answer = await server.server.elicitInput({
      message: 'Your name?',
      requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
    })
    return { content: [{ type: 'text', text: `hello ${String(answer.content?.['name'])}` }] }
  })
  server.registerResource('readme', 'file:///readme', {}, () => ({
    contents: [{ uri: 'file:///readme', text: 'read me' }],
  }))
  server.registerPrompt('greet', {}, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }],
  }))
  return server
}
