import { createServer, request as send } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'

import { afterEach, describe, expect, it } from 'vitest'

import { NodeApiRequest } from '../../src/node/node-api-request.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** A server that answers with what `look` saw. */
async function listening(look: (request: NodeApiRequest) => unknown): Promise<number> {
  const server = createServer((incoming, response) => {
    const request = new NodeApiRequest(incoming, '/oauth/token', 'request-1', () => '203.0.113.7')
    void Promise.resolve(look(request)).then((seen) => response.end(JSON.stringify({ seen })))
  })
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

/** Sends lines as they are, and returns what was seen. */
async function seen(port: number, head: string, parts: readonly (string | Buffer)[] = []): Promise<unknown> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`POST /oauth/token HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${head}\r\n`)
  for (const part of parts) socket.write(part)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const [, body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n')
  return (JSON.parse(body) as { seen: unknown }).seen
}

describe('a request of node:http to an endpoint for programs', () => {
  it('has the headers as Fetch has them: by lower-case name, and joined where one came twice', async () => {
    const port = await listening((request) => [
      request.header('authorization'),
      request.header('content-type'),
      request.header('dpop'),
    ])
    const head = 'Authorization: Basic YTpi\r\nContent-Type: text/plain\r\nauthorization: Basic Yzpk\r\n'
    expect(await seen(port, `${head}content-length: 0\r\n`)).toEqual([
      'Basic YTpi, Basic Yzpk',
      'text/plain',
      null,
    ])
  })

  it('SEC-12 knows the client by what the host vouches for', async () => {
    const port = await listening(({ clientAddress, requestId }) => [clientAddress, requestId])
    expect(await seen(port, 'x-forwarded-for: 198.51.100.1\r\ncontent-length: 0\r\n')).toEqual([
      '203.0.113.7',
      'request-1',
    ])
  })

  it('reads a body that comes in parts, which may cut a character', async () => {
    const port = await listening((request) => request.text(100))
    const body = Buffer.from('client_name=Zoë')
    const head = 'transfer-encoding: chunked\r\n'
    const parts = [body.subarray(0, 15), body.subarray(15)].map((part) =>
      Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    )
    expect(await seen(port, head, [...parts, '0\r\n\r\n'])).toBe('client_name=Zoë')
  })

  it.each([
    ['as large as allowed', 'content-length: 4\r\n', 'four', 'four'],
    ['announced larger than allowed', 'content-length: 5\r\n', 'fives', null],
    [
      'larger than allowed without saying so',
      'transfer-encoding: chunked\r\n',
      '5\r\nfives\r\n0\r\n\r\n',
      null,
    ],
    ['without a body', '', '', ''],
  ])('reads a body %s', async (_which, head, body, expected) => {
    const port = await listening(async (request) => (await request.text(4)) ?? null)
    expect(await seen(port, head, [body])).toBe(expected)
  })

  it('has no body of a client that goes before the end', async () => {
    let read: Promise<string | undefined> | undefined
    const asked = new Promise<void>((resolve) => {
      void listening((request) => {
        read = request.text(100)
        resolve()
        return read
      }).then((port) => {
        const unfinished = send({
          port,
          host: '127.0.0.1',
          method: 'POST',
          headers: { 'content-length': 50 },
        })
        unfinished.on('error', () => undefined)
        unfinished.write('the beginning')
        void asked.then(() => unfinished.destroy())
      })
    })
    await asked
    expect(await read).toBeUndefined()
  })
})
