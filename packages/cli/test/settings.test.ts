import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { misspelledSettings } from '../src/misspelled-settings.ts'
import { readSettings } from '../src/settings.ts'

const key = 'Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycGx5'
const production = { PORTICO_PUBLIC_URL: 'https://mcp.example.com', PORTICO_KEYS: key }

describe('the settings', () => {
  it('without any are those of a developer: loopback, port 9000, a SQLite file', () => {
    expect(readSettings({})).toEqual({
      problems: [],
      settings: {
        publicUrl: undefined,
        development: true,
        port: 9000,
        storage: { kind: 'sqlite', file: 'data/portico.db' },
        keys: undefined,
        trustedProxies: [],
        egress: { allowHosts: [], allowAddresses: [], egressProxy: undefined },
        logLevel: 'info',
        audit: { sink: { kind: 'file', file: 'data/audit.jsonl' }, arguments: 'off', redact: [] },
      },
    })
  })

  it('with an https public URL are those of an operator', () => {
    const { settings, problems } = readSettings({
      ...production,
      PORTICO_KEYS: `${key}, ${key}x`,
      PORTICO_PORT: '8080',
      PORTICO_STORAGE: 'sqlite:/var/lib/portico.db',
      PORTICO_TRUSTED_PROXIES: '10.0.0.0/8,::1',
      PORTICO_ALLOW_HOSTS: 'idp.corp.example',
      PORTICO_ALLOW_ADDRESSES: '10.2.0.0/16 fd12::/32',
      PORTICO_EGRESS_PROXY: 'http://proxy.corp.example:3128',
      PORTICO_LOG: 'debug',
      PORTICO_AUDIT: 'stdout',
      PORTICO_AUDIT_ARGUMENTS: 'redacted',
      PORTICO_AUDIT_REDACT: 'diagnosis, iban',
    })
    expect(problems).toEqual([])
    expect(settings).toEqual({
      publicUrl: 'https://mcp.example.com',
      development: false,
      port: 8080,
      storage: { kind: 'sqlite', file: '/var/lib/portico.db' },
      keys: [key, `${key}x`],
      trustedProxies: ['10.0.0.0/8', '::1'],
      egress: {
        allowHosts: ['idp.corp.example'],
        allowAddresses: ['10.2.0.0/16', 'fd12::/32'],
        egressProxy: 'http://proxy.corp.example:3128',
      },
      logLevel: 'debug',
      audit: { sink: { kind: 'stdout' }, arguments: 'redacted', redact: ['diagnosis', 'iban'] },
    })
  })

  it.each([
    ['memory:', { kind: 'memory' }],
    ['sqlite:portico.db', { kind: 'sqlite', file: 'portico.db' }],
  ])('takes PORTICO_STORAGE=%s', (value, storage) => {
    expect(readSettings({ PORTICO_STORAGE: value }).settings.storage).toEqual(storage)
  })

  it.each<[string, string | undefined, readonly string[], boolean]>([
    ['on loopback', undefined, ['127.0.0.1', '::1'], false],
    ['on another address of loopback', '127.0.0.2', ['127.0.0.2'], false],
    ['where other machines reach it', '0.0.0.0', ['0.0.0.0'], true],
  ])('serves operators %s', (_, host, hosts, isOpen) => {
    const { settings, problems } = readSettings({
      PORTICO_ADMIN_PORT: '9100',
      PORTICO_ADMIN_TOKEN: key,
      PORTICO_ADMIN_HOST: host,
      PORTICO_ADMIN_URL: 'http://gateway:9100',
    })
    expect(problems).toEqual([])
    expect(settings.admin).toEqual({ port: 9100, hosts, isOpen, token: key, url: 'http://gateway:9100' })
  })

  it('overlooks what Kubernetes says of services that are called portico and portico-admin', () => {
    const links = { PORTICO_PORT: 'tcp://10.96.0.7:80', PORTICO_ADMIN_PORT: 'tcp://10.96.0.8:9100' }
    expect(readSettings(links)).toMatchObject({ settings: { port: 9000, admin: undefined }, problems: [] })
  })

  it('lets the command line win over PORTICO_PORT', () => {
    expect(readSettings({ PORTICO_PORT: '1' }, { port: '2' }).settings.port).toBe(2)
  })

  it.each(['http://localhost:9000', 'http://127.0.0.1:9000', 'http://[::1]:9000'])(
    'accepts %s for development',
    (publicUrl) => {
      const { settings, problems } = readSettings({ PORTICO_PUBLIC_URL: publicUrl })
      expect(problems).toEqual([])
      expect(settings).toMatchObject({ development: true, publicUrl })
    },
  )

  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'SEC-21 no keys outside loopback',
      { PORTICO_PUBLIC_URL: 'https://mcp.example.com' },
      'PORTICO_KEYS',
      'portico keys generate',
    ],
    [
      'SEC-21 plain http outside loopback',
      { PORTICO_PUBLIC_URL: 'http://mcp.example.com' },
      'PORTICO_PUBLIC_URL',
      'Use "https://mcp.example.com"',
    ],
    [
      'a path in the public URL',
      { ...production, PORTICO_PUBLIC_URL: 'https://mcp.example.com/' },
      'PORTICO_PUBLIC_URL',
      'Use "https://mcp.example.com"',
    ],
    [
      'a public URL that is none',
      { PORTICO_PUBLIC_URL: 'mcp.example.com' },
      'PORTICO_PUBLIC_URL',
      'the origin users see',
    ],
    ['a port that is no number', { PORTICO_PORT: '80a' }, 'PORTICO_PORT', '0 to 65535'],
    ['a port that is too big', { PORTICO_PORT: '65536' }, 'PORTICO_PORT', '0 to 65535'],
    ['an admin port that is no number', { PORTICO_ADMIN_PORT: 'x' }, 'PORTICO_ADMIN_PORT', '0 to 65535'],
    [
      'an admin token without a port for it',
      { PORTICO_ADMIN_TOKEN: key },
      'PORTICO_ADMIN_TOKEN',
      'needs PORTICO_ADMIN_PORT',
    ],
    [
      'an admin address without a port for it',
      { PORTICO_ADMIN_HOST: '10.0.0.7' },
      'PORTICO_ADMIN_HOST',
      'needs PORTICO_ADMIN_PORT',
    ],
    [
      'the port of the gateway for operators',
      { PORTICO_PORT: '9100', PORTICO_ADMIN_PORT: '9100' },
      'PORTICO_ADMIN_PORT',
      'choose another one than 9100',
    ],
    [
      'an admin URL with a path',
      { PORTICO_ADMIN_PORT: '9100', PORTICO_ADMIN_URL: 'https://a.example/admin' },
      'PORTICO_ADMIN_URL',
      'bare origin',
    ],
    [
      'an address of Redis without a host',
      { PORTICO_STORAGE: 'redis://' },
      'PORTICO_STORAGE',
      'Use "redis://:password@cache.internal:6379/0"',
    ],
    [
      'a storage of no kind',
      { PORTICO_STORAGE: 'data.db' },
      'PORTICO_STORAGE',
      'Use "sqlite:data/portico.db"',
    ],
    [
      'an audit trail nowhere',
      { PORTICO_AUDIT: 'audit.jsonl' },
      'PORTICO_AUDIT',
      'Use "file:data/audit.jsonl"',
    ],
    [
      'arguments of another kind',
      { PORTICO_AUDIT_ARGUMENTS: 'all' },
      'PORTICO_AUDIT_ARGUMENTS',
      '"redacted"',
    ],
    [
      'a proxy by name',
      { PORTICO_TRUSTED_PROXIES: 'proxy.example' },
      'PORTICO_TRUSTED_PROXIES',
      '"proxy.example" is neither',
    ],
    [
      'a range that is too long',
      { PORTICO_TRUSTED_PROXIES: '10.0.0.0/33' },
      'PORTICO_TRUSTED_PROXIES',
      '"10.0.0.0/33" is neither',
    ],
    [
      'an allowed range that is none',
      { PORTICO_ALLOW_ADDRESSES: '10.0.0.0/a' },
      'PORTICO_ALLOW_ADDRESSES',
      'is neither',
    ],
    [
      'an allowed host that is a URL',
      { PORTICO_ALLOW_HOSTS: 'https://idp.corp.example' },
      'PORTICO_ALLOW_HOSTS',
      'is not a host name',
    ],
    [
      'an egress proxy of another kind',
      { PORTICO_EGRESS_PROXY: 'socks5://proxy' },
      'PORTICO_EGRESS_PROXY',
      'HTTP proxy',
    ],
    ['a log level that is none', { PORTICO_LOG: 'loud' }, 'PORTICO_LOG', 'silent, error, info, debug'],
  ])('refuse %s', (_mistake, environment, setting, message) => {
    expect(readSettings(environment).problems).toEqual([
      { setting, message: expect.stringContaining(message) },
    ])
  })

  it('name every mistake at once', () => {
    const { problems } = readSettings({ PORTICO_PORT: 'x', PORTICO_LOG: 'x' }, { port: 'y' })
    expect(problems.map(({ setting }) => setting)).toEqual(['--port', 'PORTICO_LOG'])
  })

  it('take an empty variable for none', () => {
    expect(readSettings({ PORTICO_PUBLIC_URL: ' ', PORTICO_KEYS: '' })).toEqual(readSettings({}))
  })
})

describe('variables that are nearly settings', () => {
  it.each([
    ['PORTICO_TRUSTED_PROXY', 'PORTICO_TRUSTED_PROXIES'],
    ['PORTICO_PUBLICURL', 'PORTICO_PUBLIC_URL'],
    ['PORTICO_KEY', 'PORTICO_KEYS'],
    ['PORTICO_ALLOW_HOST', 'PORTICO_ALLOW_HOSTS'],
    ['PORTICO_ALLOW_ADDRESS', 'PORTICO_ALLOW_ADDRESSES'],
    ['portico_port', 'PORTICO_PORT'],
  ])('%s is told from %s', (setting, meant) => {
    expect(misspelledSettings({ [setting]: 'x', [meant]: undefined })).toEqual([
      { setting, message: `is no setting, and has no effect: did you mean ${meant}?` },
    ])
  })

  it('are neither settings, nor what an operator or Kubernetes may call something else', () => {
    const others = { PORTICO_LINEAR_KEY: 'x', PORTICO_SERVICE_HOST: '10.0.0.1', PORTICO_PORT_80_TCP: 'x' }
    const settings = { PORTICO_TRUSTED_PROXIES: '', PORTICO_KEYS: 'x', PORTICO_PORT: '1', PATH: '/bin' }
    expect(misspelledSettings({ ...others, ...settings })).toEqual([])
  })

  it('are all that the README lists, and no others', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const listed = [...readme.matchAll(/^\| `(PORTICO_\w+)`/gm)].map(([, name = '']) => name)
    expect(new Set(listed).size).toBeGreaterThan(10)
    for (const name of listed) {
      expect(misspelledSettings({ [name.toLowerCase()]: 'x' })).toHaveLength(1)
    }
  })
})
