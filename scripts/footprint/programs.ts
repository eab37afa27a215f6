const secret = `randomBytes(32).toString('base64url')`
const client = `{ clientId: 'portico', clientSecret: 'a-secret-that-is-never-sent' }`

/** What every user of core alone begins with, up to its first answer. */
export const coreProgram = `
  import { randomBytes } from 'node:crypto'
  import { createAuthorizationServer } from '@portico/core'
  import { logto } from '@portico/logto'
  import { memoryStorage } from '@portico/storage'

  const server = createAuthorizationServer({
    publicUrl: 'https://mcp.example.com',
    providers: logto({ logtoEndpoint: 'https://acme.logto.app', ...${client} }),
    resources: [{ path: '/mcp', name: 'Notes' }],
    storage: memoryStorage(),
    keys: [${secret}],
  })
  const answer = await server.fetch(
    new Request('https://mcp.example.com/.well-known/oauth-authorization-server'),
  )
  if (answer.status !== 200) throw new Error(await answer.text())
`

/** The gateway as it runs on Node, up to its first answer, and stopped again. */
export const gatewayProgram = `
  import { randomBytes } from 'node:crypto'
  import { DatabaseSync } from 'node:sqlite'
  import { auth0 } from '@portico/auth0'
  import { createGateway } from '@portico/gateway'
  import { serve } from '@portico/gateway/node'
  import { logto } from '@portico/logto'
  import { okta } from '@portico/okta'
  import { sqliteStorage } from '@portico/storage-sqlite'

  const gateway = createGateway({
    providers: [
      logto({ logtoEndpoint: 'https://acme.logto.app', ...${client} }),
      okta({ oktaDomain: 'acme.okta.com', ...${client} }),
      auth0({ auth0Domain: 'acme.us.auth0.com', ...${client} }),
    ],
    routes: [{ path: '/mcp', id: 'notes', upstream: { url: 'http://127.0.0.1:9/mcp' } }],
    storage: sqliteStorage(new DatabaseSync(':memory:')),
    keys: [${secret}],
  })
  const running = await serve(gateway, { port: 0 })
  const answer = await fetch(
    'http://127.0.0.1:' + running.port + '/.well-known/oauth-authorization-server',
  )
  if (answer.status !== 200) throw new Error(await answer.text())
  await running.close()
`
