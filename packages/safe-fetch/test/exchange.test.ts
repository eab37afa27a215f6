import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { createSafeFetch, type FetchFailedError, type SafeFetchOptions } from '../src/index.ts'
import { serve } from './loopback-server.ts'

/** Both transports must keep every promise below. */
describe.each<[string, SafeFetchOptions]>([
  ['pinned to the address', { development: true }],
  ['over an injected fetch', { development: true, fetch: (input, init) => fetch(input, init) }],
])('an exchange %s', (_name, options) => {
  const safeFetch = createSafeFetch(options)
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error as FetchFailedError,
    )

  it('returns status, headers and body', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(404, { etag: '"1"' }).end('nothing here'),
    )
    const response = await safeFetch(`http://127.0.0.1:${port}/`)
    expect(response.status).toBe(404)
    expect(response.headers.get('etag')).toBe('"1"')
    expect(await response.text()).toBe('nothing here')
  })

  it('sends method, headers and body', async () => {
    const port = await serve(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      response.end(JSON.stringify({ method: request.method, type: request.headers['content-type'], body }))
    })
    const response = await safeFetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a=ü',
    })
    expect(await response.json()).toEqual({
      method: 'POST',
      type: 'application/x-www-form-urlencoded',
      body: 'a=ü',
    })
  })

  it('CIMD-13 sends neither cookies nor credentials nor a Referer, and hands no cookie back', async () => {
    const seen: string[] = []
    const port = await serve((request, response) => {
      seen.push(...Object.keys(request.headers))
      response.writeHead(200, { 'set-cookie': 'a=b' }).end()
    })
    const response = await safeFetch(`http://127.0.0.1:${port}/`)
    await safeFetch(`http://127.0.0.1:${port}/`)
    expect(response.headers.has('set-cookie')).toBe(false)
    expect(seen).not.toContain('cookie')
    expect(seen).not.toContain('authorization')
    expect(seen).not.toContain('referer')
  })

  it.each(['Cookie', 'Host', 'Referer', 'Proxy-Authorization', 'Transfer-Encoding'])(
    'refuses to send the header %s',
    async (name) => {
      const error = await failure(safeFetch('http://127.0.0.1:1/', { headers: { [name]: 'x' } }))
      expect(error).toBeInstanceOf(TypeError)
      expect(error?.message).toContain(name.toLowerCase())
    },
  )

  it.each([301, 302, 303, 307, 308])('CIMD-05, F04 refuses a %d wherever it points', async (status) => {
    let requests = 0
    const port = await serve((_request, response) => {
      requests += 1
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
    expect(await failure(safeFetch(`http://127.0.0.1:${port}/`))).toMatchObject({ code: 'redirect' })
    expect(requests).toBe(1)
  })

  it('F06 gives an answer in another protocol up at once', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(101, { connection: 'Upgrade', upgrade: 'other' }).end()
    })
    expect(await failure(safeFetch(`http://127.0.0.1:${port}/`))).toMatchObject({ code: 'network' })
  })

  it('takes a 304 for an answer', async () => {
    const port = await serve((_request, response) => response.writeHead(304).end())
    expect((await safeFetch(`http://127.0.0.1:${port}/`)).status).toBe(304)
  })

  it('CIMD-13 reads a body of exactly maxBytes and refuses one byte more', async () => {
    const port = await serve((request, response) => response.end('x'.repeat(Number(request.url?.slice(1)))))
    const response = await safeFetch(`http://127.0.0.1:${port}/5120`, { maxBytes: 5_120 })
    expect(await response.text()).toHaveLength(5_120)
    const error = await failure(safeFetch(`http://127.0.0.1:${port}/5121`, { maxBytes: 5_120 }))
    expect(error).toMatchObject({ name: 'FetchFailedError', code: 'too_large' })
  })

  it('F06 closes an endless body at the limit', async () => {
    const { promise: hasClosed, resolve: closed } = Promise.withResolvers<void>()
    const port = await serve((request, response) => {
      request.socket.once('close', () => closed())
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      }
      response.on('drain', write)
      write()
    })
    expect(await failure(safeFetch(`http://127.0.0.1:${port}/`))).toMatchObject({ code: 'too_large' })
    await hasClosed
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('F06 counts what a %s body decodes to', async (encoding, compress) => {
    const port = await serve((request, response) => {
      response.writeHead(200, { 'content-encoding': encoding })
      response.end(compress(Buffer.alloc(Number(request.url?.slice(1)), 'x')))
    })
    const response = await safeFetch(`http://127.0.0.1:${port}/5120`, { maxBytes: 5_120 })
    expect(await response.text()).toHaveLength(5_120)
    expect(response.headers.has('content-encoding')).toBe(false)
    const bomb = await failure(safeFetch(`http://127.0.0.1:${port}/10000000`, { maxBytes: 5_120 }))
    expect(bomb).toMatchObject({ code: 'too_large' })
  })

  it('F06 ends a slow body at the time limit', async () => {
    const port = await serve((_request, response) => {
      response.write('beginning')
    })
    const error = await failure(safeFetch(`http://127.0.0.1:${port}/`, { timeoutMs: 50 }))
    expect(error).toMatchObject({ name: 'FetchFailedError', code: 'timeout' })
  })

  it('F06 ends a connection without an answer at the time limit of the instance', async () => {
    const port = await serve(() => {})
    const error = await failure(
      createSafeFetch({ ...options, timeoutMs: 50 })(`http://127.0.0.1:${port}/`, { timeoutMs: 60_000 }),
    )
    expect(error).toMatchObject({ code: 'timeout' })
  })

  it('ends when the caller gives up', async () => {
    const caller = new AbortController()
    const port = await serve(() => caller.abort())
    const error = await failure(safeFetch(`http://127.0.0.1:${port}/`, { signal: caller.signal }))
    expect(error).toMatchObject({ code: 'aborted' })
  })

  it('SEC-10 names the origin of a failed connection and keeps its cause', async () => {
    const error = await failure(safeFetch('http://127.0.0.1:1/secret?token=abc'))
    expect(error).toMatchObject({ name: 'FetchFailedError', code: 'network', cause: expect.any(Error) })
    expect(error?.message).toContain('http://127.0.0.1:1')
    expect(error?.message).not.toMatch(/secret|abc/)
  })
})

describe('an exchange pinned to the address', () => {
  const safeFetch = createSafeFetch({ development: true })

  it('F06 ends a resolver that never answers', async () => {
    const stuck = createSafeFetch({ resolve: () => new Promise(() => {}), timeoutMs: 50 })
    await expect(stuck('https://example.com/')).rejects.toMatchObject({ code: 'timeout' })
  })

  it.each([
    ['of an unknown kind', 'zstd-of-my-own', 'x'],
    ['named twice', 'gzip, gzip', 'x'],
    ['that does not decode', 'gzip', 'no gzip'],
    ['named like a member of every object', 'constructor', 'x'],
  ])('F06 refuses a content encoding %s', async (_name, encoding, body) => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(body)
    })
    await expect(safeFetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'encoding' })
  })
})
