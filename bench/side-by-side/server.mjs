// Portico as a target of the side-by-side harness: copied into its targets folder, where `lib/admin.mjs` is.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { admin, CHALLENGE, enc, REDIRECT, VERIFIER } from '../../lib/admin.mjs'

const { FORMAT, STORAGE = 'memory', SHAPE = 'gateway', PROVIDERS = '1' } = process.env
const port = Number(process.env.PORT)
const publicUrl = `http://127.0.0.1:${port}`
const resource = `${publicUrl}/mcp`

const options = {
  publicUrl,
  development: true,
  providers: await providers(),
  storage: await storage(),
  keys: [randomBytes(32).toString('base64url')],
  accessToken: { format: FORMAT },
  codeTtlSeconds: 600,
}
const server = SHAPE === 'core' ? await startCore() : await startGateway()
admin({ codes })

async function startCore() {
  const [{ createAuthorizationServer }, { serve }] = await Promise.all([
    import('@portico/core'),
    import('@hono/node-server'),
  ])
  const created = createAuthorizationServer({ ...options, resources: [{ path: '/mcp', name: 'bench' }] })
  serve({ fetch: (request) => created.fetch(request), port, hostname: '127.0.0.1' })
  return created
}

async function startGateway() {
  const { createGateway } = await import('@portico/gateway')
  // Nothing listens there: no workload calls it.
  const routes = [{ path: '/mcp', id: 'bench', upstream: { url: 'http://127.0.0.1:9/mcp' } }]
  const gateway = createGateway({ ...options, routes })
  const { serve } = await import('@portico/gateway/node')
  await serve(gateway, { port, hosts: ['127.0.0.1'] })
  return gateway.originFor(new URL(publicUrl).host).server
}

async function providers() {
  const { logto } = await import('@portico/logto')
  const client = { clientId: 'bench-client', clientSecret: 'never-used' }
  const one = logto({ logtoEndpoint: 'https://logto.example', ...client })
  if (PROVIDERS === '1') return [one]
  const [{ okta }, { auth0 }] = await Promise.all([import('@portico/okta'), import('@portico/auth0')])
  const domains = { oktaDomain: 'acme.okta.com', auth0Domain: 'acme.us.auth0.com' }
  return [
    one,
    okta({ oktaDomain: domains.oktaDomain, ...client }),
    auth0({ auth0Domain: domains.auth0Domain, ...client }),
  ]
}

async function storage() {
  if (STORAGE === 'memory') return (await import('@portico/storage')).memoryStorage()
  const [{ DatabaseSync }, { sqliteStorage }] = await Promise.all([
    import('node:sqlite'),
    import('@portico/storage-sqlite'),
  ])
  const directory = mkdtempSync(join(tmpdir(), 'portico-side-by-side-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  process.once('SIGTERM', () => process.exit(0))
  return sqliteStorage(new DatabaseSync(join(directory, 'portico.db')))
}

/** Complete token requests, each with a code as after the consent of a user. */
async function codes(count) {
  const entry = import.meta.resolve('@portico/core')
  const { issueCode } = await import(new URL('grants/issue-code.js', entry).href)
  const client = await register()
  const request = {
    clientId: client.clientId,
    redirectUri: REDIRECT,
    redirectUriGiven: true,
    codeChallenge: CHALLENGE,
    resource,
    issuer: publicUrl,
    scopes: ['mcp:tools'],
    offlineAccess: false,
    prompt: [],
    responseMode: 'query',
  }
  const approval = { request, client, traceId: 'bench', provider: 'logto', scopes: request.scopes }
  const bodies = []
  while (bodies.length < count) {
    // Many at once share a commit where writes are durable.
    const batch = Array.from({ length: Math.min(200, count - bodies.length) }, async (_, index) => {
      const code = await issueCode(server.context, { ...approval, subject: `user-${bodies.length + index}` })
      const members = {
        client_id: client.clientId,
        code,
        code_verifier: VERIFIER,
        redirect_uri: REDIRECT,
        resource,
      }
      return enc({ grant_type: 'authorization_code', ...members })
    })
    bodies.push(...(await Promise.all(batch)))
  }
  return { bodies, clientId: client.clientId, refreshExtra: { resource } }
}

let registered
function register() {
  registered ??= server
    .fetch(
      new Request(`${publicUrl}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }),
      }),
    )
    .then((response) => response.json())
    .then(({ client_id }) => ({ clientId: client_id, grantTypes: ['authorization_code', 'refresh_token'] }))
  return registered
}
