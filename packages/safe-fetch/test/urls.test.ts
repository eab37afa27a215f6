import { describe, expect, it } from 'vitest'

import { createSafeFetch, type SafeFetchOptions } from '../src/index.ts'

/** Fetches with a transport that answers everything, and tells what was sent. */
async function attempt(url: string, options: SafeFetchOptions = {}) {
  const sent: string[] = []
  const safeFetch = createSafeFetch({
    ...options,
    fetch: async (input) => {
      sent.push(input)
      return new Response('ok')
    },
  })
  const code = await safeFetch(url).then(
    () => 'fetched',
    (error: unknown) => `${(error as Error).name} ${(error as { code: string }).code}`,
  )
  return { code, sent }
}

describe('what a URL may say', () => {
  it.each([
    'https://example.com/',
    'https://example.com:8443/a?b=c',
    'https://1.1.1.1/',
    'https://[2606:4700:4700::1111]/',
    'https://bücher.example/',
    'https://notlocalhost.example/',
    'https://localhost.example/',
    'https://100.63.255.255/',
    'https://172.32.0.1/',
  ])('fetches %s', async (url) => {
    expect(await attempt(url)).toEqual({ code: 'fetched', sent: [new URL(url).href] })
  })

  it.each([
    ['http://example.com/', 'scheme'],
    ['ftp://example.com/', 'scheme'],
    ['data:text/plain,hello', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['https://user@example.com/', 'user_info'],
    ['https://user:password@example.com/', 'user_info'],
    ['/relative', 'invalid_url'],
    ['https://', 'invalid_url'],
    ['https://exa mple.com/', 'invalid_url'],
  ])('CIMD-02, UP-15 refuses %s', async (url, code) => {
    expect(await attempt(url)).toEqual({ code: `UnsafeUrlError ${code}`, sent: [] })
  })
})

describe('SEC-11 names of this machine and this network', () => {
  it.each([
    'https://localhost/',
    'https://LOCALHOST/',
    'https://localhost./',
    'https://app.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://router.home.arpa/',
    'https://intranet/',
    'https://ｌｏｃａｌｈｏｓｔ/',
    'https://example.com./',
    'https://%6c%6f%63alhost/',
  ])('F05 refuses %s', async (url) => {
    expect(await attempt(url)).toEqual({ code: 'UnsafeUrlError host', sent: [] })
  })
})

describe('SEC-11, CIMD-11 literal addresses', () => {
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ])('F01 refuses the special-use address %s', async (host) => {
    expect(await attempt(`https://${host}/`)).toEqual({ code: 'UnsafeUrlError address', sent: [] })
  })

  it.each([
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '0x7f.1',
    '127.0.0.1.',
    '１２７.0.0.1',
    '127。0。0。1',
    '0',
  ])('F01 refuses the spelling %s of an address of this machine', async (host) => {
    expect(await attempt(`https://${host}/`)).toEqual({ code: 'UnsafeUrlError address', sent: [] })
  })

  it.each([
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::127.0.0.1', 'IPv4-compatible'],
    ['::ffff:127.0.0.1', 'IPv4-mapped'],
    ['::ffff:8.8.8.8', 'IPv4-mapped, even of a public address'],
    ['::ffff:0:127.0.0.1', 'IPv4-translated'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['64:ff9b:1::7f00:1', 'local NAT64'],
    ['100::1', 'discard'],
    ['2001::7f00:1', 'Teredo'],
    ['2001:2::1', 'benchmarking'],
    ['2001:10::1', 'ORCHID'],
    ['2001:20::1', 'ORCHIDv2'],
    ['2001:db8::1', 'documentation'],
    ['2002:7f00:1::', '6to4'],
    ['3fff::1', 'documentation'],
    ['5f00::1', 'segment routing'],
    ['2606:4700::5efe:7f00:1', 'ISATAP'],
    ['2606:4700::200:5efe:7f00:1', 'ISATAP'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'unique local, metadata'],
    ['fe80::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
  ])('F02 refuses %s (%s)', async (host) => {
    expect(await attempt(`https://[${host}]/`)).toEqual({ code: 'UnsafeUrlError address', sent: [] })
  })
})

describe('CIMD-12 development', () => {
  it.each([
    'http://127.0.0.1:9001/',
    'http://localhost:9001/',
    'https://localhost/',
    'http://[::1]:9001/',
    'http://idp.localhost/',
  ])('fetches %s in development only', async (url) => {
    expect(await attempt(url, { development: true })).toMatchObject({ code: 'fetched' })
    expect(await attempt(url)).toMatchObject({ sent: [] })
  })

  it.each([
    ['http://example.com/', 'scheme'],
    ['http://10.0.0.1/', 'scheme'],
    ['https://10.0.0.1/', 'address'],
    ['http://0.0.0.0/', 'scheme'],
    ['http://[::ffff:127.0.0.1]/', 'scheme'],
    ['http://localhost.example/', 'scheme'],
    ['http://localhost./', 'scheme'],
  ])('still refuses %s', async (url, code) => {
    expect(await attempt(url, { development: true })).toEqual({ code: `UnsafeUrlError ${code}`, sent: [] })
  })
})

describe('allow-lists', () => {
  it('lets a listed host through, and nothing that only resembles it', async () => {
    const options = { allowHosts: ['mcp', '*.corp.internal'] }
    expect(await attempt('https://mcp/', options)).toMatchObject({ code: 'fetched' })
    expect(await attempt('https://a.b.corp.internal/', options)).toMatchObject({ code: 'fetched' })
    for (const url of [
      'https://corp.internal/',
      'https://evilcorp.internal/',
      'https://mcp./',
      'https://mcp2/',
    ]) {
      expect(await attempt(url, options)).toEqual({ code: 'UnsafeUrlError host', sent: [] })
    }
  })

  it('lets a listed range through, and neither its neighbours nor its disguises', async () => {
    const options = { allowAddresses: ['10.20.0.0/16', 'fd12:3456::/32', '192.168.7.7'] }
    for (const host of ['10.20.255.1', '[fd12:3456::9]', '192.168.7.7']) {
      expect(await attempt(`https://${host}/`, options)).toMatchObject({ code: 'fetched' })
    }
    for (const host of [
      '10.21.0.1',
      '[fd12:3457::9]',
      '192.168.7.8',
      '[::ffff:10.20.0.1]',
      '[64:ff9b::a14:1]',
    ]) {
      expect(await attempt(`https://${host}/`, options)).toMatchObject({ sent: [] })
    }
  })

  it('asks for https of listed hosts too', async () => {
    expect(await attempt('http://mcp/', { allowHosts: ['mcp'] })).toMatchObject({
      code: 'UnsafeUrlError scheme',
    })
  })

  it.each([
    [{ allowHosts: ['https://mcp'] }, 'without scheme or port'],
    [{ allowHosts: ['mcp:8443'] }, 'without scheme or port'],
    [{ allowHosts: ['*'] }, 'is not a host name'],
    [{ allowHosts: ['MCP'] }, 'lower case'],
    [{ allowHosts: ['10.0.0.1'] }, 'Put it into allowAddresses'],
    [{ allowAddresses: ['10.0.0.0/33'] }, 'Use CIDR'],
    [{ allowAddresses: ['mcp'] }, 'Use CIDR'],
    // As these are read elsewhere, the first is 0.0.0.0/8 and the second 8.0.0.0/8.
    [{ allowAddresses: ['10/8'] }, 'Use CIDR'],
    [{ allowAddresses: ['010.0.0.0/8'] }, 'Use CIDR'],
    [{ allowAddresses: ['0x0a000000/8'] }, 'Use CIDR'],
    [{ egressProxy: 'proxy.corp.example:3128' }, 'origin of an HTTP proxy'],
    [{ egressProxy: 'http://proxy.corp.example:3128', fetch }, 'exclude each other'],
  ])('refuses the options %o at once', (options, message) => {
    expect(() => createSafeFetch(options)).toThrow(message)
  })
})

it('SEC-10 shows no path, query or user info of a refused URL', async () => {
  const error = await createSafeFetch()('http://user:hunter2@10.0.0.1/secret?token=abc').catch(
    (error: unknown) => error,
  )
  expect(String(error)).toContain('http://10.0.0.1')
  expect(String(error)).not.toMatch(/hunter2|secret|abc/)
})
