import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createScriptedIdp } from '@portico/test-peers'
import { type LoopbackServer, serveOnLoopback } from '@portico/test-peers/node'

import { bundleCommand } from './bundle-command.ts'

/** What the gateways of one test file share. */
export interface Surroundings {
  /** The file of the bundled command line. */
  readonly command: string
  /** For files of the tests. */
  readonly directory: string
  readonly configDirectory: string
  /** What the configuration refers to. */
  readonly environment: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

const client = { clientId: 'portico', clientSecret: 'portico-client-secret-of-the-scale-tests' }

/** Starts an identity provider, at which one user is signed in, and an MCP server; both answer over real HTTP. */
export async function startSurroundings(): Promise<Surroundings> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-scale-'))
  const idp = await startIdentityProvider()
  const upstream = await serveOnLoopback(() => answerAsUpstream)
  return {
    ...(await bundleCommand(directory)),
    directory,
    environment: {
      IDP_ENDPOINT: idp.origin,
      IDP_CLIENT_SECRET: client.clientSecret,
      UPSTREAM_URL: `${upstream.origin}/mcp`,
      NODE_COMPILE_CACHE: join(directory, 'compiled'),
    },
    async close() {
      await Promise.all([idp.close(), upstream.close()])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function startIdentityProvider(): Promise<LoopbackServer> {
  return serveOnLoopback((origin) => {
    const issuer = `${origin}/oidc`
    const endpoints = { authorization: `${issuer}/auth` }
    return createScriptedIdp({ issuer, endpoints, algorithm: 'ES384', clients: [client] }).fetch
  })
}

async function answerAsUpstream(request: Request): Promise<Response> {
  if (request.method !== 'POST') return new Response(null, { status: 405 })
  const { id, method } = (await request.json()) as { readonly id?: unknown; readonly method?: string }
  const results: Readonly<Record<string, object>> = {
    'server/discover': {
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      serverInfo: { name: 'echo', version: '1.0.0' },
    },
    'tools/list': { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
  }
  return Response.json({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...results[method ?? ''] } })
}
