import { readFileSync } from 'node:fs'

import { createDevIdp } from '@portico/dev-idp'
import { startDemoUpstream } from '@portico/gateway-app/upstreams/start-upstream'
import { startWorker } from '@portico/runtimes'
import { createScriptedBrowser, createScriptedMcpClient } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'
import { parse } from 'jsonc-parser'
import { expect, it, onTestFinished } from 'vitest'

interface WranglerConfig {
  readonly main: string
  readonly compatibility_date: string
  readonly durable_objects: { readonly bindings: readonly { name: string; class_name: string }[] }
  readonly migrations: readonly { readonly new_sqlite_classes: readonly string[] }[]
  readonly vars: Readonly<Record<string, string>>
}

const directory = new URL('../', import.meta.url)
const config = parse(readFileSync(new URL('wrangler.jsonc', directory), 'utf8')) as WranglerConfig
const redirectUri = 'http://127.0.0.1:33418/callback'

/** The Worker as `wrangler.jsonc` describes it, in front of a local identity provider and MCP server. */
async function start(variables: Readonly<Record<string, string>>) {
  const worker = await startWorker(new URL(config.main, directory), {
    compatibilityDate: config.compatibility_date,
    bindings: { ...config.vars, PUBLIC_URL: '', ...variables },
    durableObjects: Object.fromEntries(
      config.durable_objects.bindings.map(({ name, class_name: className }) => [name, className]),
    ),
  })
  onTestFinished(() => worker.close())
  return worker
}

it('signs a user in and streams what a tool says', async () => {
  const idp = await createDevIdp({ port: 0 })
  onTestFinished(() => idp.close())
  const upstream = await startDemoUpstream(0)
  onTestFinished(() => upstream.close())
  const credentials = { clientId: 'portico', clientSecret: 'a-secret-of-the-test' }
  const { origin } = await start({
    LOGTO_ENDPOINT: idp.endpoint,
    LOGTO_CLIENT_ID: credentials.clientId,
    LOGTO_CLIENT_SECRET: credentials.clientSecret,
    UPSTREAM_URL: upstream.url,
    PORTICO_KEYS: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'),
  })
  await idp.addClient({ ...credentials, redirectUris: [`${origin}/oauth/callback`] })

  const refused = await nodeFetch(new Request(`${origin}/mcp`, { method: 'POST' }))
  expect(refused.status).toBe(401)

  const browser = createScriptedBrowser({ fetch: nodeFetch, stopAt: [redirectUri] })
  const client = createScriptedMcpClient({ fetch: nodeFetch, browser, redirectUri })
  const connection = await client.connect(`${origin}/mcp`)
  const { headers, messages } = await connection.call('tools/call', {
    name: 'countdown',
    arguments: { from: 2 },
    _meta: { progressToken: 'p' },
  })
  expect(headers.get('content-type')).toBe('text/event-stream')
  expect(messages.map(({ method }) => method)).toEqual([
    'notifications/progress',
    'notifications/progress',
    undefined,
  ])
  expect(upstream.leaks).toEqual([])
})

it('has a SQLite class for every object that it binds', () => {
  const bound = config.durable_objects.bindings.map(({ class_name: className }) => className)
  const created = config.migrations.flatMap(({ new_sqlite_classes: classes }) => classes)
  expect(created.toSorted()).toEqual(bound.toSorted())
})
