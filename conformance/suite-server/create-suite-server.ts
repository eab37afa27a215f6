import { createRequestStateCodec, McpServer } from '@modelcontextprotocol/server'

import { registerContentTools } from './content-tools.ts'
import { registerInputTools, type Round } from './input-tools.ts'
import { registerPrompts, registerResources } from './prompts-and-resources.ts'
import { registerSessionTools } from './session-tools.ts'
import { type ListChanges, registerStreamingTools } from './streaming-tools.ts'

/** Creates servers with everything that the conformance suite asks an MCP server for. */
export function createSuiteServers(changes: ListChanges): () => McpServer {
  const states = createRequestStateCodec<Round>({ key: crypto.getRandomValues(new Uint8Array(32)) })
  return () => {
    const server = new McpServer(
      { name: 'portico-conformance', version: '1.0.0' },
      {
        capabilities: {
          logging: {},
          completions: {},
          tools: { listChanged: true },
          prompts: { listChanged: true },
          resources: { subscribe: true, listChanged: true },
        },
        requestState: { verify: states.verify },
      },
    )
    registerContentTools(server)
    registerStreamingTools(server, changes)
    registerSessionTools(server)
    registerInputTools(server, states)
    registerPrompts(server)
    registerResources(server)
    server.server.setRequestHandler('resources/subscribe', async () => ({}))
    server.server.setRequestHandler('resources/unsubscribe', async () => ({}))
    return server
  }
}
