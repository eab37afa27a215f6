import { setTimeout as wait } from 'node:timers/promises'

import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

const text = (value: string): { content: { type: 'text'; text: string }[] } => ({
  content: [{ type: 'text', text: value }],
})

const about = `This text is a resource of the demo server. It runs on your machine and knows nothing of you: the gateway in front of it checked who you are and sent no token on.`

/** Four tools, a prompt and a resource: enough to see everything that a gateway carries. */
export function createDemoServer(): McpServer {
  const server = new McpServer({ name: 'portico-demo', title: 'Portico demo', version: '1.0.0' })

  server.registerTool(
    'echo',
    {
      title: 'Echo',
      description: 'Returns the text it was given.',
      inputSchema: z.object({ text: z.string().describe('What to return.') }),
      annotations: { readOnlyHint: true },
    },
    async (input) => text(input.text),
  )

  server.registerTool(
    'add',
    {
      title: 'Add',
      description: 'Adds two numbers and answers with structured content.',
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      outputSchema: z.object({ sum: z.number() }),
      annotations: { readOnlyHint: true },
    },
    async ({ a, b }) => ({ ...text(String(a + b)), structuredContent: { sum: a + b } }),
  )

  server.registerTool(
    'received_headers',
    {
      title: 'Received headers',
      description:
        'Names the HTTP headers that reached this server, to show that no token of the gateway does.',
      annotations: { readOnlyHint: true },
    },
    async (context) => text([...(context.http?.req?.headers.keys() ?? [])].sort().join(', ')),
  )

  server.registerTool(
    'countdown',
    {
      title: 'Countdown',
      description: 'Counts down slowly and reports progress at each step, so that the answer is a stream.',
      inputSchema: z.object({
        from: z.number().int().min(1).max(100).default(5),
        stepMs: z.number().int().min(0).max(5000).default(300).describe('Milliseconds between two steps.'),
      }),
      annotations: { readOnlyHint: true },
    },
    async ({ from, stepMs }, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken
      for (let step = 1; step <= from; step += 1) {
        await wait(stepMs, undefined, { signal: mcpReq.signal })
        if (progressToken !== undefined) {
          const params = { progressToken, progress: step, total: from, message: String(from - step) }
          await mcpReq.notify({ method: 'notifications/progress', params })
        }
      }
      return text(`Counted down from ${from}.`)
    },
  )

  server.registerPrompt(
    'welcome',
    {
      title: 'Welcome',
      description: 'Asks for a welcome to somebody.',
      argsSchema: z.object({ name: z.string() }),
    },
    ({ name }) => ({
      messages: [
        { role: 'user', content: { type: 'text', text: `Write one sentence that welcomes ${name}.` } },
      ],
    }),
  )

  server.registerResource(
    'about',
    'demo://about',
    { title: 'About this server', mimeType: 'text/plain' },
    async ({ href }) => ({ contents: [{ uri: href, mimeType: 'text/plain', text: about }] }),
  )

  return server
}
