import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { getRequestListener } from '@hono/node-server'

import { createDemoServer } from './demo-server.ts'
import { createMcpEndpoint, type McpEndpoint } from './mcp-endpoint.ts'
import { createNotebooks, createNotesServer } from './notes-server.ts'
import { type Leak, refuseCredentials } from './refuse-credentials.ts'

/** A running MCP server that the gateway stands in front of. */
export interface Upstream {
  readonly url: string
  /** Requests that carried a credential of the gateway: none, if the gateway does its work. */
  readonly leaks: readonly Leak[]
  close(): Promise<void>
}

/** Serves an endpoint at `/mcp` of a loopback port; port 0 takes any free one. */
export async function startUpstream(endpoint: McpEndpoint, port: number): Promise<Upstream> {
  const guarded = refuseCredentials(endpoint.fetch)
  const listener = getRequestListener(
    (request) =>
      new URL(request.url).pathname === '/mcp'
        ? guarded.fetch(request)
        : new Response('Not found', { status: 404 }),
    { overrideGlobalObjects: false },
  )
  const server = createServer((request, response) => {
    void listener(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    leaks: guarded.leaks,
    async close() {
      await endpoint.close()
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      })
    },
  }
}

/** Starts the demo server; port 0 takes any free one. */
export function startDemoUpstream(port: number): Promise<Upstream> {
  return startUpstream(createMcpEndpoint(createDemoServer), port)
}

/** Starts the notes server, which answers sessions by JSON where the demo server streams. */
export function startNotesUpstream(port: number): Promise<Upstream> {
  const notebooks = createNotebooks()
  return startUpstream(
    createMcpEndpoint(() => createNotesServer(notebooks), { jsonInSessions: true }),
    port,
  )
}
