import { createDevIdp } from '@portico/dev-idp'
import { logto } from '@portico/logto'
import { memoryStorage } from '@portico/storage'
import { createScriptedBrowser, createScriptedMcpClient } from '@portico/test-peers'
import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { expect, it, onTestFinished } from 'vitest'

import { createApp } from '../src/app.ts'

const redirectUri = 'http://127.0.0.1:33418/callback'
const credentials = { clientId: 'dice', clientSecret: 'a-secret-of-the-test' }

/** The app on a loopback port, in front of a local identity provider. */
async function start(): Promise<string> {
  const idp = await createDevIdp({ port: 0 })
  onTestFinished(() => idp.close())
  const server = await serveOnLoopback((publicUrl) => {
    const app = createApp({
      publicUrl,
      development: true,
      providers: logto({ logtoEndpoint: idp.endpoint, ...credentials }, { development: true }),
      storage: memoryStorage(),
      keys: [Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')],
    })
    return async (request) => app.fetch(request)
  })
  onTestFinished(() => server.close())
  await idp.addClient({ ...credentials, redirectUris: [`${server.origin}/oauth/callback`] })
  return server.origin
}

it('lets a user who has signed in call the tool, and nobody else', async () => {
  const origin = await start()
  const refused = await nodeFetch(new Request(`${origin}/mcp`, { method: 'POST' }))
  expect(refused.status).toBe(401)

  const browser = createScriptedBrowser({ fetch: nodeFetch, stopAt: [redirectUri] })
  const client = createScriptedMcpClient({ fetch: nodeFetch, browser, redirectUri })
  const connection = await client.connect(`${origin}/mcp`)
  const { result } = await connection.call('tools/call', { name: 'roll', arguments: { sides: 2 } })
  expect(result).toMatchObject({ content: [{ type: 'text', text: expect.stringMatching(/^[12]$/) }] })
})

it('keeps the rest of the app as it is', async () => {
  const origin = await start()
  const response = await nodeFetch(new Request(origin))
  expect(await response.text()).toBe(`Point an MCP client at ${origin}/mcp`)
})
