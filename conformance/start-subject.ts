import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createDevIdp } from '@portico/dev-idp'
import { openDemoFiles } from '@portico/gateway-app/demo-files'
import { startGateway } from '@portico/gateway-app/start-gateway'
import { createMcpEndpoint, type McpEndpoint } from '@portico/gateway-app/upstreams/mcp-endpoint'
import { startUpstream } from '@portico/gateway-app/upstreams/start-upstream'

import { createSuiteServers } from './suite-server/create-suite-server.ts'

/** A gateway in front of a server that has everything the suite asks for. */
export interface Subject {
  readonly origin: string
  readonly mcpUrl: string
  close(): Promise<void>
}

/** Starts everything on free ports, with records of its own. */
export async function startSubject(): Promise<Subject> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-conformance-'))
  const files = openDemoFiles(directory)
  const endpoint: McpEndpoint = createMcpEndpoint(
    createSuiteServers({
      toolsChanged: () => endpoint.notify.toolsChanged(),
      promptsChanged: () => endpoint.notify.promptsChanged(),
    }),
  )
  const upstream = await startUpstream(endpoint, 0)
  const idp = await createDevIdp({ port: 0 })
  const client = { clientId: 'portico', clientSecret: 'portico-development-secret' }
  const gateway = await startGateway({
    port: 0,
    databaseFile: files.databaseFile,
    keys: files.keys,
    configDirectory: new URL('./config/', import.meta.url),
    environment: {
      LOGTO_ENDPOINT: idp.endpoint,
      LOGTO_CLIENT_ID: client.clientId,
      LOGTO_CLIENT_SECRET: client.clientSecret,
      SUITE_UPSTREAM_URL: upstream.url,
    },
  })
  const origin = `http://127.0.0.1:${gateway.port}`
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
