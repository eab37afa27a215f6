import { createServer } from 'node:http'

import type { UpstreamOptions } from '@portico/connections'
import { FetchFailedError, UnsafeUrlError } from '@portico/safe-fetch'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { createConnectionFetch } from '../src/connection-fetch.ts'

const server = createServer((_, response) => response.end('{}'))
let origin: string

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  origin = `https://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterAll(() => server.close())

const shared = { id: 'wiki', displayName: 'Wiki', url: 'https://wiki.example/mcp' } as const
const clientAuth = { method: 'client_secret_post', clientId: 'gateway', clientSecret: 'secret' } as const
const elsewhere = 'https://idp.example/token'

it.each<[string, (url: string) => UpstreamOptions]>([
  ['the upstream', (url) => ({ ...shared, authMode: 'user-oauth', url })],
  ['its metadata', (url) => ({ ...shared, authMode: 'shared-oauth', protectedResourceMetadataUrl: url })],
  ['its authorization server', (url) => ({ ...shared, authMode: 'user-oauth', authorizationServer: url })],
  [
    'the token endpoint of an exchange',
    (tokenUrl) => ({ ...shared, authMode: 'token-exchange', tokenExchange: { tokenUrl, clientAuth } }),
  ],
  [
    'the identity provider of cross-app access',
    (tokenUrl) => ({
      ...shared,
      authMode: 'id-jag',
      idJag: {
        idp: { tokenUrl, clientAuth },
        resourceAs: { tokenUrl: elsewhere, audience: 'https://wiki.example', clientAuth },
      },
    }),
  ],
])(
  'UP-02 reaches %s inside the network, where the operator wrote it, and nothing else there',
  async (_, at) => {
    const fetch = createConnectionFetch([at(`${origin}/token`)], { development: false })
    // The guard lets it through to the connection, where this server speaks no TLS.
    await expect(fetch(`${origin}/token`)).rejects.toThrow(FetchFailedError)
    await expect(fetch(`${origin.replace('https', 'http')}/token`)).rejects.toThrow(UnsafeUrlError)
    await expect(fetch(origin.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow(UnsafeUrlError)
    const other = createConnectionFetch([at(elsewhere)], { development: false })
    await expect(other(`${origin}/token`)).rejects.toThrow(UnsafeUrlError)
  },
)
