import { createServer } from 'node:http'
import { connect } from 'node:net'

import { describe, expect, it } from 'vitest'

import { createSafeFetch } from '../src/index.ts'
import { createTransport } from '../src/node-transport.ts'
import { certificate, listen, serveTls } from './loopback-server.ts'

/** A forward proxy that sends every tunnel to one local port and remembers what it was asked for. */
async function startProxy(target: number, status = 200) {
  const asked: { authority: string | undefined; authorization: string | undefined }[] = []
  const server = createServer()
  server.on('connect', (request, socket) => {
    asked.push({ authority: request.url, authorization: request.headers['proxy-authorization'] })
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`)
    const upstream = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => {}).on('close', () => socket.destroy())
    socket.on('error', () => {}).on('end', () => upstream.destroy())
  })
  return { port: await listen(server), asked }
}

describe('the egress proxy', () => {
  it('carries the request to a name that only the proxy resolves', async () => {
    const target = await serveTls((_request, response) => response.end('through the proxy'))
    const { port, asked } = await startProxy(target)
    const transport = createTransport({
      certificateAuthority: certificate,
      egressProxy: new URL(`http://portico:p%40ss@127.0.0.1:${port}`),
      resolve: () => Promise.reject(new Error('resolved here')),
    })
    const answer = await transport({
      url: new URL('https://rebind.example.com/'),
      method: 'GET',
      headers: {},
      body: undefined,
      signal: AbortSignal.timeout(5_000),
      maxBytes: 100,
      checkAddresses: () => {},
    })
    expect(new TextDecoder().decode(answer.body)).toBe('through the proxy')
    expect(asked).toEqual([
      { authority: 'rebind.example.com:443', authorization: `Basic ${btoa('portico:p@ss')}` },
    ])
  })

  it('is never bypassed when it refuses or is away', async () => {
    const { port } = await startProxy(0, 403)
    for (const proxyPort of [port, 1]) {
      const safeFetch = createSafeFetch({ egressProxy: `http://127.0.0.1:${proxyPort}` })
      await expect(safeFetch('https://example.com/')).rejects.toMatchObject({ code: 'proxy' })
    }
  })

  it('F01 is not asked for a literal inside address or a local name', async () => {
    const { port, asked } = await startProxy(0)
    const safeFetch = createSafeFetch({ egressProxy: `http://127.0.0.1:${port}` })
    for (const url of [
      'https://169.254.169.254/',
      'https://localhost/',
      'https://metadata.google.internal/',
    ]) {
      await expect(safeFetch(url)).rejects.toMatchObject({ name: 'UnsafeUrlError' })
    }
    expect(asked).toEqual([])
  })
})
