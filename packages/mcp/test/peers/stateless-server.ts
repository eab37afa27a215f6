import { createMcpHandler, inputRequired, inputResponse, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

import { serveFetch } from './loopback.ts'

/** An upstream of the modern era: the official SDK v2, stateless. */
export async function startStatelessServer(options: { readonly legacy?: 'stateless' | 'reject' } = {}) {
  const seen: { method: string; headers: Headers }[] = []
  const cancelled: string[] = []
  const handler = createMcpHandler(() => createServer(cancelled), { legacy: options.legacy ?? 'stateless' })
  const url = await serveFetch((request) => {
    seen.push({ method: request.method, headers: request.headers })
    return handler.fetch(request)
  })
  return { url: `${url}/mcp`, seen, cancelled, notify: handler.notify }
}

function createServer(cancelled: string[]): McpServer {
  const server = new McpServer(
    { name: 'stateless-server', version: '2.0.0' },
    { capabilities: { tools: { listChanged: true } } },
  )
  server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
    content: [{ type: 'text', text }],
  }))
  server.registerTool('count', { inputSchema: z.object({ to: z.number() }) }, async ({ to }, { mcpReq }) => {
    for (let step = 1; step <= to; step++) {
      await mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken: mcpReq._meta?.progressToken ?? 'none', progress: step, total: to },
      })
    }
    return { content: [{ type: 'text', text: `counted to ${to}` }] }
  })
  server.registerTool('wait', { inputSchema: z.object({}) }, async (_input, { mcpReq }) => {
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken: 'none', progress: 0 } })
    await new Promise<void>((resolve) => {
      mcpReq.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    cancelled.push('wait')
    return { content: [] }
  })
  server.registerTool('ask', { inputSchema: z.object({}) }, (_input, { mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'name')
    if (answer.kind === 'missing') {
      const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } } as const
      return inputRequired({
        inputRequests: { name: inputRequired.elicit({ message: 'Your name?', requestedSchema }) },
      })
    }
    const name = answer.kind === 'elicit' ? String(answer.content?.['name']) : 'nobody'
    return { content: [{ type: 'text', text: `hello ${name}` }] }
  })
  server.registerTool(
    'region',
    { inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }) },
    ({ region }) => ({ content: [{ type: 'text', text: region }] }),
  )
  server.registerResource('readme', 'file:///readme', {}, () => ({
    contents: [{ uri: 'file:///readme', text: 'read me' }],
  }))
  server.registerPrompt('greet', {}, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }],
  }))
  return server
}
