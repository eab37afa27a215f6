import { randomUUID } from 'node:crypto'

import {
  createMcpHandler,
  isLegacyRequest,
  type McpServer,
  type ServerNotifier,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'

/** An MCP endpoint that speaks revision 2026-07-28 and, to clients that begin with `initialize`, the session revisions. */
export interface McpEndpoint {
  readonly fetch: (request: Request) => Promise<Response>
  /** Tells the subscribers of revision 2026-07-28 that a list has changed. */
  readonly notify: ServerNotifier
  /** Ends every session and open stream. */
  close(): Promise<void>
}

/** How an endpoint answers sessions. */
export interface McpEndpointOptions {
  /** Answers a POST of a session by one JSON document instead of a stream; progress is lost. */
  readonly jsonInSessions?: boolean
}

const unknownSession = (): Response =>
  Response.json(
    {
      jsonrpc: '2.0',
      id: null,
      error: { code: -32_001, message: 'Unknown session: send initialize again.' },
    },
    { status: 404 },
  )

/** Serves one kind of MCP server to both eras; `createServer` is called per request, or per session. */
export function createMcpEndpoint(
  createServer: () => McpServer,
  options: McpEndpointOptions = {},
): McpEndpoint {
  const modern = createMcpHandler(createServer, { legacy: 'reject' })
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>()

  async function openSession(request: Request): Promise<Response> {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: options.jsonInSessions ?? false,
      onsessioninitialized: (id) => {
        sessions.set(id, transport)
      },
      onsessionclosed: (id) => {
        sessions.delete(id)
      },
    })
    await createServer().connect(transport)
    return transport.handleRequest(request)
  }

  return {
    notify: modern.notify,
    async fetch(request) {
      if (!(await isLegacyRequest(request))) return modern.fetch(request)
      const id = request.headers.get('mcp-session-id')
      if (id === null) return openSession(request)
      return sessions.get(id)?.handleRequest(request) ?? unknownSession()
    },
    async close() {
      await modern.close()
      await Promise.all([...sessions.values()].map((transport) => transport.close()))
      sessions.clear()
    },
  }
}
