import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const server = createServer((_request, response) => response.end('here'))

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => void server.close(resolve)))

describe('the network of a test', () => {
  it.each(['http://192.0.2.1/', 'https://example.com/'])('refuses a connection to %s', async (url) => {
    await expect(fetch(url)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('only loopback is allowed') },
    })
  })

  it('refuses an address that a lookup of the test makes up', async () => {
    const socket = connect({
      host: 'name.example',
      port: 80,
      lookup: (_name, _options, callback) => callback(null, [{ address: '192.0.2.1', family: 4 }]),
    })
    const error = await new Promise((resolve) => socket.once('error', resolve))
    expect(error).toMatchObject({ message: expect.stringContaining('only loopback is allowed') })
  })

  it('allows a connection to this machine', async () => {
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(await response.text()).toBe('here')
  })
})
