import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createDevIdp } from '@portico/dev-idp'
import { startDemoUpstream } from '@portico/gateway-app/upstreams/start-upstream'
import { findRuntime, processRuntimeIds, startProcess } from '@portico/runtimes'
import { createScriptedMcpClient } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createBrowser, redirectUri } from './running-demo.ts'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const runtimes = processRuntimeIds.map((id) => [id, findRuntime(id)] as const)

describe.each(runtimes)('`portico serve` on %s', { timeout: 60_000 }, (_id, runtime) => {
  const command = runtime?.command ?? ['absent']
  it.skipIf(!runtime)('signs a user in, streams what a tool says, and ends when it is told to', async () => {
    const idp = await createDevIdp({ port: 0 })
    onTestFinished(() => idp.close())
    const upstream = await startDemoUpstream(0)
    onTestFinished(() => upstream.close())
    const directory = mkdtempSync(join(tmpdir(), 'portico-serve-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const credentials = { clientId: 'portico', clientSecret: 'a-secret-of-the-test' }
    const { announced, close } = await startProcess(
      [...command, file('../packages/cli/src/main.ts'), 'serve', '--config', file('../apps/gateway/config')],
      {
        LOGTO_ENDPOINT: idp.endpoint,
        LOGTO_CLIENT_ID: credentials.clientId,
        LOGTO_CLIENT_SECRET: credentials.clientSecret,
        DEMO_UPSTREAM_URL: upstream.url,
        NOTES_UPSTREAM_URL: upstream.url,
        PORTICO_PORT: '0',
        PORTICO_STORAGE: `sqlite:${join(directory, 'portico.db')}`,
      },
      /^Portico serves http:\/\/localhost:(\d+)$/m,
    )
    const origin = `http://127.0.0.1:${announced[1]}`
    await idp.addClient({ ...credentials, redirectUris: [`${origin}/oauth/callback`] })

    const client = createScriptedMcpClient({ fetch: nodeFetch, browser: createBrowser(), redirectUri })
    const connection = await client.connect(`${origin}/mcp/demo`)
    const { messages } = await connection.call('tools/call', {
      name: 'countdown',
      arguments: { from: 2 },
      _meta: { progressToken: 'p' },
    })
    const progress = 'notifications/progress'
    expect(messages.map(({ method }) => method)).toEqual([progress, progress, undefined])
    expect(await close()).toBe(0)
  })
})
