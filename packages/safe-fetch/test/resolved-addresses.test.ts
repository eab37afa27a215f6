import { describe, expect, it } from 'vitest'

import { createAddressGuard } from '../src/address-guard.ts'
import { createSafeFetch, UnsafeUrlError } from '../src/index.ts'
import { createTransport } from '../src/node-transport.ts'
import { certificate, serve, serveTls } from './loopback-server.ts'

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('addresses that a name resolves to', () => {
  it('F03 refuses a name when one of its addresses is bad, before it connects to any', async () => {
    const resolve = async () => ['93.184.215.14', '10.0.0.1']
    const error = await failure(createSafeFetch({ resolve })('https://example.com/'))
    expect(error).toBeInstanceOf(UnsafeUrlError)
    expect(error).toMatchObject({ code: 'address', message: expect.stringContaining('10.0.0.1') })
  })

  it.each([
    '127.0.0.1',
    '::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'fe80::1%eth0',
    '2606:4700::1%eth0',
    'nonsense',
  ])('F03 refuses a name that resolves to %s, in development too', async (address) => {
    const safeFetch = createSafeFetch({ development: true, resolve: async () => [address] })
    expect(await failure(safeFetch('https://rebind.example.com/'))).toMatchObject({ code: 'address' })
  })

  it('F03 checks what localhost resolves to in development', async () => {
    const safeFetch = createSafeFetch({ development: true, resolve: async () => ['10.0.0.1'] })
    expect(await failure(safeFetch('http://localhost:9001/'))).toMatchObject({ code: 'address' })
  })

  it('F03 resolves once and connects to the checked address, whatever the name means by then', async () => {
    const port = await serveTls((_request, response) => response.end('pinned'))
    let resolutions = 0
    const answers = [['127.0.0.1'], ['10.0.0.1']]
    const transport = createTransport({
      certificateAuthority: certificate,
      resolve: async () => answers[resolutions++] ?? [],
    })
    const guard = createAddressGuard({ allowAddresses: ['127.0.0.1'] })
    const url = guard.checkUrl(`https://rebind.example.com:${port}/`)
    const answer = await transport({
      url,
      method: 'GET',
      headers: {},
      body: undefined,
      signal: AbortSignal.timeout(5_000),
      maxBytes: 100,
      checkAddresses: (addresses) => guard.checkAddresses(url, addresses),
    })
    expect(new TextDecoder().decode(answer.body)).toBe('pinned')
    expect(resolutions).toBe(1)
  })

  it('verifies the certificate against the name in the URL, not against the address', async () => {
    const port = await serveTls((_request, response) => response.end())
    const transport = createTransport({
      certificateAuthority: certificate,
      resolve: async () => ['127.0.0.1'],
    })
    const error = await failure(
      transport({
        url: new URL(`https://other.example.com:${port}/`),
        method: 'GET',
        headers: {},
        body: undefined,
        signal: AbortSignal.timeout(5_000),
        maxBytes: 100,
        checkAddresses: () => {},
      }),
    )
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })

  it('tries the other checked addresses when one does not answer', async () => {
    const port = await serve((_request, response) => response.end('second'))
    const safeFetch = createSafeFetch({ development: true, resolve: async () => ['127.0.0.2', '127.0.0.1'] })
    const response = await safeFetch(`http://localhost:${port}/`)
    expect(await response.text()).toBe('second')
  })

  it('names an unknown host without trying', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    const error = await failure(
      createSafeFetch({ resolve: () => Promise.reject(unknown) })('https://example.com/'),
    )
    expect(error).toMatchObject({ name: 'FetchFailedError', code: 'dns', cause: unknown })
    expect(await failure(createSafeFetch({ resolve: async () => [] })('https://example.com/'))).toMatchObject(
      { code: 'dns' },
    )
  })

  it('checks, through an injected fetch too, what an injected resolver says', async () => {
    const fetch = async () => new Response('ok')
    const good = createSafeFetch({ fetch, resolve: async () => ['93.184.215.14'] })
    expect(await (await good('https://example.com/')).text()).toBe('ok')
    const bad = createSafeFetch({ fetch, resolve: async () => ['10.0.0.1'] })
    expect(await failure(bad('https://example.com/'))).toMatchObject({ code: 'address' })
  })
})
