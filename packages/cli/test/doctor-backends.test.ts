import { chmodSync } from 'node:fs'
import { join } from 'node:path'

import { createConnections, type UpstreamOptions } from '@portico/connections'
import { createAuthorizationServer, listSigningKeys } from '@portico/core'
import { github } from '@portico/github'
import { createSafeFetch } from '@portico/safe-fetch'
import { memoryStorage, type Storage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { diagnoseKeys, type KeysUnderTest } from '../src/doctor/diagnose-keys.ts'
import { checkSharedStorage, checkStorage } from '../src/doctor/diagnose-storage.ts'
import { diagnoseUpstream } from '../src/doctor/diagnose-upstream.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A file that everybody may read. */
function readableFile(): string {
  const file = join(temporaryDirectory({ 'portico.keys': {} }), 'portico.keys')
  chmodSync(file, 0o644)
  return file
}

type Row = readonly [check: Finding['check'], message: RegExp, remedy: RegExp]

const wrongOf = (findings: readonly Finding[]) => findings.filter(({ status }) => status !== 'ok')
const expected = ([check, message, remedy]: Row) => ({
  check,
  status: expect.stringMatching(/^(?:problem|warning)$/),
  message: expect.stringMatching(message),
  remedy: expect.stringMatching(remedy),
})

describe('the keys', () => {
  const key = '7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'
  const now = 1_800_000_000

  /** A storage with a signing key, as a gateway leaves it behind. */
  async function keysOf(): Promise<KeysUnderTest> {
    const storage = memoryStorage({ now: () => now })
    const { context } = createAuthorizationServer({
      publicUrl: 'https://mcp.example.com',
      providers: github({ clientId: 'portico', clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M' }),
      resources: [{ path: '/mcp', name: 'MCP' }],
      storage,
      keys: [key],
      now: () => now,
    })
    await context.signingKeys.ready()
    const { keyIds } = context.vault
    const connections = { missingKeys: () => Promise.resolve([]) }
    return { keyIds, given: [key], file: undefined, development: false, storage, connections, now: () => now }
  }

  it('have nothing wrong after a start', async () => {
    const keys = await keysOf()
    expect(wrongOf(await diagnoseKeys(keys))).toEqual([])
    expect(await listSigningKeys(keys.storage)).toMatchObject([
      { activeAt: now, sealedUnder: keys.keyIds[0] },
    ])
  })

  it.each<[fault: string, change: (keys: KeysUnderTest) => Partial<KeysUnderTest>, row: Row]>([
    [
      'the key of development is used in production',
      () => ({ file: { path: 'data/portico.keys', keys: [key] } }),
      ['keyring', /key file for development/, /keys generate/],
    ],
    [
      'a key is there twice',
      ({ keyIds }) => ({ keyIds: [...keyIds, ...keyIds] }),
      ['keyring', /twice/, /Remove/],
    ],
    [
      'others may read the key file',
      () => ({ given: undefined, file: { path: readableFile(), keys: [key] } }),
      ['keyring', /Other users/, /chmod 600/],
    ],
    [
      'the key is gone that sealed the signing key',
      () => ({ keyIds: ['another0'] }),
      ['signing_key', /not in PORTICO_KEYS/, /Put the retired key back/],
    ],
    [
      'the signing key is never replaced',
      () => ({ now: () => now + 100 * 86_400 }),
      ['signing_key', /in use for 100 days/, /PORTICO_STORAGE/],
    ],
    [
      'connections wait for a retired key',
      () => ({ connections: { missingKeys: () => Promise.resolve([{ keyId: 'gone', records: 3 }]) } }),
      ['retired_key', /3 upstream connections are encrypted with the key "gone"/, /keys rotate/],
    ],
    [
      'an older key is still needed',
      ({ keyIds }) => ({ keyIds: ['newest00', ...keyIds] }),
      ['retired_key', /1 signing keys are still encrypted/, /keys rotate/],
    ],
  ])('are found out when %s', async (fault, change, row) => {
    const keys = await keysOf()
    const wrong = wrongOf(await diagnoseKeys({ ...keys, ...change(keys) }))
    expect(wrong, fault).toEqual([expected(row)])
  })
})

describe('the storage', () => {
  const test = (changes: Partial<Storage> = {}) => ({
    storage: { ...memoryStorage({ now: () => 1000 }), ...changes },
    place: 'data/portico.db',
    randomToken: () => 'token',
    now: () => 1000,
  })

  it('has nothing wrong where it keeps its promises', async () => {
    expect(await checkStorage(test())).toMatchObject({ status: 'ok' })
  })

  it.each<[string, Partial<Storage>, Row]>([
    [
      'may not be written to',
      { set: () => Promise.reject(new Error('attempt to write a readonly database')) },
      ['storage', /readonly database/, /may write to it/],
    ],
    ['forgets', { take: () => Promise.resolve(undefined) }, ['storage', /does not return/, /noeviction/]],
    [
      'gives a record out twice',
      { take: () => Promise.resolve({ value: 'token', version: 1, key: ['doctor', 'token'] }) },
      ['storage', /twice/, /one primary/],
    ],
  ])('is found out when it %s', async (_fault, changes, row) => {
    expect(await checkStorage(test(changes))).toEqual(expected(row))
  })

  const publicUrl = 'https://mcp.example.com'
  const answering = (...rings: readonly (readonly string[])[]) => {
    let asked = 0
    return {
      publicUrl,
      fetch: () => {
        const kids = rings[asked++ % rings.length] ?? []
        return Promise.resolve(Response.json({ keys: kids.map((kid) => ({ kid })) }))
      },
    }
  }

  it('is shared where all gateways publish the same keys, or are about to', async () => {
    expect(await checkSharedStorage(answering(['a']), undefined)).toMatchObject({ status: 'ok' })
    expect(await checkSharedStorage(answering(['a'], ['a', 'b']), undefined)).toMatchObject({ status: 'ok' })
  })

  it('is found out when replicas do not share it', async () => {
    const finding = await checkSharedStorage(answering(['a'], ['b']), undefined)
    expect(finding).toEqual(expected(['shared_storage', /2 gateways with different keys/, /postgres:\/\//]))
  })

  it('is found out when it is not that of the gateway', async () => {
    const finding = await checkSharedStorage(answering(['a']), memoryStorage())
    expect(finding).toEqual(expected(['shared_storage', /a different storage/, /settings of the gateway/]))
  })
})

describe('an upstream', () => {
  const url = 'https://up.example/mcp'
  const issuer = 'https://as.example'
  const server = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    code_challenge_methods_supported: ['S256'],
  }
  const refusal =
    (error: string, status = 400) =>
    () =>
      Response.json({ error }, { status })
  const page = () => new Response('<h1>Hi</h1>', { headers: { 'content-type': 'text/html' } })
  const healthy: Readonly<Record<string, () => Response>> = {
    [url]: () => new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } }),
    'https://up.example/.well-known/oauth-protected-resource/mcp': () =>
      Response.json({ resource: url, authorization_servers: [issuer] }),
    [`${issuer}/.well-known/oauth-authorization-server`]: () => Response.json(server),
    [`${issuer}/register`]: refusal('invalid_redirect_uri'),
    [`${issuer}/token`]: refusal('invalid_grant'),
  }

  /** What doctor says of an upstream that answers, or is configured, otherwise than a healthy one. */
  function diagnose(
    answers: Readonly<Record<string, () => Response>> = {},
    {
      connection = true,
      headers,
      registration,
    }: { connection?: boolean; headers?: Record<string, string>; registration?: object } = {},
  ) {
    const answersOf = { ...healthy, ...answers }
    const fetch = createSafeFetch({
      timeoutMs: 60_000,
      fetch: (target) => Promise.resolve((answersOf[target] ?? refusal('not_found', 404))()),
      resolve: () => Promise.resolve(['203.0.114.7']),
    })
    const options = {
      id: 'up',
      displayName: 'Up',
      url,
      authMode: 'user-oauth',
      ...(registration && { clientRegistration: registration }),
    } as UpstreamOptions
    const connections = createConnections({
      publicUrl: 'https://mcp.example.com',
      storage: memoryStorage(),
      sealer: {
        seal: () => Promise.reject(new Error('nothing is stored')),
        open: () => Promise.reject(new Error('nothing is stored')),
        keyIds: [],
        keyIdOf: () => '',
      },
      mac: (text) => text,
      fetch,
      upstreams: [options],
    })
    const upstream = { url, ...(headers && { headers }), ...(connection && { connection: 'up' }) }
    return diagnoseUpstream({ upstream, connections, fetch })
  }

  const byHand = { mode: 'manual', clientId: 'portico', clientSecret: 'secret' }

  it('has nothing wrong where it says who signs in, and the gateway can become known there', async () => {
    expect(wrongOf(await diagnose())).toEqual([])
    expect(wrongOf(await diagnose({}, { registration: byHand }))).toEqual([])
    const answers = { [url]: () => Response.json({ jsonrpc: '2.0', id: 1, result: {} }) }
    expect(wrongOf(await diagnose(answers, { connection: false }))).toEqual([])
  })

  it.each<[string, Parameters<typeof diagnose>, Row]>([
    [
      'cannot be reached',
      [
        {
          [url]: () => {
            throw new Error('connection refused')
          },
        },
      ],
      ['mcp_endpoint', /cannot be reached/, /rewritePattern/],
    ],
    ['is a home page', [{ [url]: page }], ['mcp_endpoint', /not an MCP server/, /endpoint at \/mcp/]],
    [
      'has moved',
      [{ [url]: () => new Response(null, { status: 308, headers: { location: 'https://b.example' } }) }],
      ['mcp_endpoint', /redirect/, /address it redirects to/],
    ],
    [
      'wants a credential that the route does not have',
      [{}, { connection: false }],
      ['static_credential', /the route sends none/, /mcp-token-exchange-inbound/],
    ],
    [
      'refuses the static key',
      [{}, { connection: false, headers: { 'x-api-key': 'secret' } }],
      ['static_credential', /configured headers \(x-api-key\)/, /Replace the key/],
    ],
    [
      'is served by another issuer than it says',
      [
        {
          [`${issuer}/.well-known/oauth-authorization-server`]: () =>
            Response.json({ ...server, issuer: 'https://evil.example' }),
        },
      ],
      ['authorization_server', /names the issuer https:\/\/evil\.example/, /Users are not sent there/],
    ],
    [
      'has no PKCE',
      [
        {
          [`${issuer}/.well-known/oauth-authorization-server`]: () =>
            Response.json({ ...server, code_challenge_methods_supported: ['plain'] }),
        },
      ],
      ['authorization_server', /does not offer PKCE/, /PKCE with S256/],
    ],
    [
      'publishes no metadata',
      [
        {
          'https://up.example/.well-known/oauth-protected-resource/mcp': refusal('not_found', 404),
          'https://up.example/register': refusal('invalid_redirect_uri'),
        },
      ],
      ['authorization_server', /publishes no metadata/, /protectedResourceMetadataUrl/],
    ],
    [
      'registers nobody',
      [
        {
          [`${issuer}/.well-known/oauth-authorization-server`]: () =>
            Response.json({ ...server, registration_endpoint: undefined }),
        },
      ],
      [
        'registration',
        /neither metadata documents nor registrations/,
        /redirect URI https:\/\/mcp\.example\.com\/auth\/connections\/up\/callback/,
      ],
    ],
    [
      'registers only those it knows',
      [{ [`${issuer}/register`]: refusal('access_denied', 403) }],
      ['registration', /"access_denied"/, /"mode": "manual"/],
    ],
    [
      'does not know the configured client',
      [{ [`${issuer}/token`]: refusal('invalid_client', 401) }, { registration: byHand }],
      ['registration', /"invalid_client"/, /Copy clientId and clientSecret/],
    ],
  ])('is found out when it %s', async (_fault, planted, row) => {
    expect(wrongOf(await diagnose(...planted))).toEqual([expected(row)])
  })
})
