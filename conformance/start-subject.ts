import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createDevIdp } from '@portico/dev-idp'
import { createMcpEndpoint, type McpEndpoint } from '@portico/gateway-app/upstreams/mcp-endpoint'
import { startUpstream, type Upstream } from '@portico/gateway-app/upstreams/start-upstream'

import type { GatewayHost } from './host-gateway.ts'
import { createSuiteServers } from './suite-server/create-suite-server.ts'

/** A gateway in front of a server that has everything the suite asks for. */
export interface Subject {
  readonly origin: string
  readonly mcpUrl: string
  close(): Promise<void>
}

/** Starts the server behind the gateway, alone. */
export function startSuiteUpstream(): Promise<Upstream> {
  const endpoint: McpEndpoint = createMcpEndpoint(
    createSuiteServers({
      toolsChanged: () => endpoint.notify.toolsChanged(),
      promptsChanged: () => endpoint.notify.promptsChanged(),
    }),
  )
  return startUpstream(endpoint, 0)
}

/** Starts everything on free ports, with records of its own. */
export async function startSubject(host: GatewayHost): Promise<Subject> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-conformance-'))
  const upstream = await startSuiteUpstream()
  const idp = await createDevIdp({ port: 0 })
  const client = { clientId: 'portico', clientSecret: 'portico-development-secret' }
  const gateway = await host.start({
    directory,
    key: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'),
    environment: {
      LOGTO_ENDPOINT: idp.endpoint,
      LOGTO_CLIENT_ID: client.clientId,
      LOGTO_CLIENT_SECRET: client.clientSecret,
      SUITE_UPSTREAM_URL: upstream.url,
    },
  })
  const { origin } = gateway
  await idp.addClient({ ...client, redirectUris: [`${origin}/oauth/callback`] })
  return {
    origin,
    mcpUrl: `${origin}/mcp/suite`,
    async close() {
      await gateway.close()
      await idp.close()
      await upstream.close()
      rmSync(directory, { recursive: true })
    },
  }
}
