import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** An MCP server with one tool; made anew for every request. */
export function createDiceServer(): McpServer {
  const server = new McpServer({ name: 'dice', version: '1.0.0' })
  server.registerTool(
    'roll',
    {
      description: 'Rolls dice.',
      inputSchema: z.object({ sides: z.number().int().min(2).max(100).default(6) }),
    },
    ({ sides }) => ({ content: [{ type: 'text', text: String(rollOf(sides)) }] }),
  )
  return server
}

function rollOf(sides: number): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  return 1 + (random % sides)
}
