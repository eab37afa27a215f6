import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { getRequestListener } from '@hono/node-server'
import { createGateway } from '@portico/gateway'
import type { Gateway, GatewayOptions } from '@portico/gateway'
import { serve } from '@portico/gateway/node'
import { logto } from '@portico/logto'
import { memoryStorage } from '@portico/storage'

import { codeForm, publicUrl, resourcePath, tokenPath } from '../../flow.ts'
import { formHeaders } from '../../job.ts'
import { insideGateway } from '../../targets/inside-gateway.ts'

// A target of the side-by-side harness: listens on PORT, proxies /mcp to UPSTREAM, and tells a token on ADMIN_PORT.
// PORTICO_TRANSPORT is `node`, `portable` (Fetch objects under Hono's server) or `serve` (as the command line starts it).

const { PORT = '', ADMIN_PORT = '', UPSTREAM = '', PORTICO_TRANSPORT = 'node' } = process.env
const format = process.env['PORTICO_FORMAT'] === 'opaque' ? 'opaque' : 'jwt'
const keys = [randomBytes(32).toString('base64url')]
const options: Omit<GatewayOptions, 'storage'> = {
  publicUrl,
  providers: [
    logto({ logtoEndpoint: 'https://logto.example', clientId: 'bench', clientSecret: 'never-used' }),
  ],
  // The events that W6 wants stand in the query; headers of the client do not get through.
  routes: [{ path: resourcePath, id: 'bench', upstream: { url: `${UPSTREAM}/mcp`, forwardSearch: true } }],
  keys,
  accessToken: { format },
}

async function issueToken(gateway: Gateway): Promise<string> {
  const { post, register, issueCode } = await insideGateway(gateway)
  const clientId = await register()
  const form = codeForm(clientId, await issueCode(clientId, 'user-1'))
  return (await post(tokenPath, formHeaders, form))['access_token'] ?? ''
}

async function start(): Promise<string> {
  if (PORTICO_TRANSPORT === 'serve') return startAsCommand()
  const gateway = createGateway({ ...options, storage: memoryStorage() })
  const token = await issueToken(gateway)
  if (PORTICO_TRANSPORT === 'node') {
    await serve(gateway, { port: Number(PORT), hosts: ['127.0.0.1'], drainSeconds: 0 })
  } else {
    // As `serve` of Hono does it, by which the floor of Hono is served.
    const listener = getRequestListener((request) => gateway.fetch(request), { overrideGlobalObjects: true })
    createServer(listener).listen(Number(PORT), '127.0.0.1')
  }
  return token
}

/** SQLite, the audit trail in its file, and a log line for every call. */
async function startAsCommand(): Promise<string> {
  const source = (file: string) => new URL(`../../../packages/cli/src/${file}`, import.meta.url).href
  const { startGateway } = await import(source('start-gateway.ts'))
  const { buildGateway } = await import(source('build-gateway.ts'))
  const { createLog } = await import(source('log.ts'))
  const { openStorage } = await import(source('open-storage.ts'))
  const { readSettings } = await import(source('settings.ts'))
  const workingDirectory = mkdtempSync(join(tmpdir(), 'portico-bench-'))
  const { settings } = readSettings({
    PORTICO_PUBLIC_URL: publicUrl,
    PORTICO_KEYS: keys[0],
    PORTICO_PORT: PORT,
  })
  const log = createLog({
    level: settings.logLevel,
    format: 'json',
    write: (text: string) => process.stdout.write(text),
    now: Date.now,
  })
  const { storage } = await openStorage(settings.storage, workingDirectory)
  const token = await issueToken(
    buildGateway({ config: options, settings, fetch: undefined, log, storage, keys }),
  )
  await startGateway({
    config: options,
    settings,
    fetch: undefined,
    log,
    workingDirectory,
    hosts: ['127.0.0.1'],
  })
  return token
}

const token = await start()
if (ADMIN_PORT !== '') {
  createServer((request, response) => {
    const isToken = request.url === '/token'
    response.statusCode = isToken ? 200 : 404
    response.end(isToken ? JSON.stringify({ access_token: token }) : '')
  }).listen(Number(ADMIN_PORT), '127.0.0.1')
}
