import { createMcpHandler } from '@modelcontextprotocol/server'
import { type AuthorizationServerOptions, createAuthorizationServer } from '@portico/core'
import { createResourceServer } from '@portico/resource-server'
import { Hono } from 'hono'

import { createDiceServer } from './dice-server.ts'

/** What differs between a deployment and a test. */
export type AppOptions = Pick<
  AuthorizationServerOptions,
  'publicUrl' | 'providers' | 'storage' | 'keys' | 'development'
>

/** An app with an MCP server at `/mcp`, and the authorization server that its users sign in through. */
export function createApp(options: AppOptions): Hono {
  const server = createAuthorizationServer({
    ...options,
    resources: [{ path: '/mcp', name: 'Dice', scopes: { 'dice:roll': 'Roll dice for you' } }],
  })
  const guard = createResourceServer({
    resource: `${server.issuer}/mcp`,
    // Every resource has an issuer of its own: its URL.
    authorizationServer: `${server.issuer}/mcp`,
    scopes: ['dice:roll'],
    verify: async (token, resource) => server.verifyAccessToken(token, resource),
  })
  const mcp = createMcpHandler(createDiceServer)

  const app = new Hono()
  app.get('/', ({ text }) => text(`Point an MCP client at ${server.issuer}/mcp`))
  app.all('/mcp', ({ req }) => guard.protect((request) => mcp.fetch(request))(req.raw))
  app.route('/', server.app)
  return app
}
