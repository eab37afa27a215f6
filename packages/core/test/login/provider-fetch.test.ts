import { createServer } from 'node:http'

import { FetchFailedError, UnsafeUrlError } from '@portico/safe-fetch'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { createProviderFetch } from '../../src/login/provider-fetch.ts'
import { idleProvider } from '../test-server.ts'

const server = createServer((_, response) => response.end('{}'))
let port: number

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  port = (server.address() as { port: number }).port
})
afterAll(() => server.close())

const at = (host: string) => ({
  ...idleProvider,
  browserLogin: { ...idleProvider.browserLogin, tokenUrl: `https://${host}:${port}/token` },
})

it('reaches a provider inside the network, by https, and nothing else there', async () => {
  const fetch = createProviderFetch({ providers: [at('127.0.0.1')], development: false })
  // The guard lets it through to the connection, where this server speaks no TLS.
  await expect(fetch(`https://127.0.0.1:${port}/token`)).rejects.toThrow(FetchFailedError)
  await expect(fetch(`http://127.0.0.1:${port}/token`)).rejects.toThrow(UnsafeUrlError)
  await expect(fetch(`https://127.0.0.2:${port}/token`)).rejects.toThrow(UnsafeUrlError)
  const other = createProviderFetch({ providers: [at('idp.example.com')], development: false })
  await expect(other(`https://127.0.0.1:${port}/token`)).rejects.toThrow(UnsafeUrlError)
})

it('speaks http with a provider on this machine in development', async () => {
  const fetch = createProviderFetch({ providers: [at('idp.example.com')], development: true })
  expect((await fetch(`http://localhost:${port}/token`)).status).toBe(200)
})
