import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { issuerFetch } from '../src/issuer-fetch.ts'

async function serve(location?: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(location === undefined ? 200 : 302, { ...(location && { location }) }).end('{}')
  })
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('the fetch for the issuer that a person named', () => {
  it('reaches an address inside a network', async () => {
    expect((await issuerFetch(await serve())).status).toBe(200)
  })

  it('does not follow it to another one', async () => {
    await expect(issuerFetch(await serve('http://127.0.0.2:9/'))).rejects.toThrow()
  })
})
