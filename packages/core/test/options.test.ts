import { ConfigError } from '@portico/provider'
import { memoryStorage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { createAuthorizationServer } from '../src/authorization-server.ts'
import type { AuthorizationServerOptions } from '../src/options.ts'
import { parseOptions } from '../src/parse-options.ts'
import { idleProvider, publicUrl, testKey } from './test-server.ts'

const good: AuthorizationServerOptions = {
  publicUrl,
  providers: idleProvider,
  resources: [{ path: '/mcp', name: 'Demo' }],
  storage: memoryStorage(),
  keys: [testKey],
}

/** The message that refuses `change`; options may be wrong in every way an untyped caller can get them wrong. */
function refusal(change: Record<string, unknown>): string {
  try {
    createAuthorizationServer({ ...good, ...change })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

const machine = {
  clientId: 'job',
  name: 'Job',
  clientSecret: 'a-long-enough-secret-of-forty-characters',
  grantTypes: ['client_credentials'],
  resources: ['/mcp'],
} as const

describe('options', () => {
  it('has safe defaults for everything but who, what, where and under which keys', () => {
    const { settings } = parseOptions(good)
    expect(settings).toMatchObject({
      publicUrl,
      basePath: '/oauth',
      development: false,
      accessToken: { format: 'jwt', ttlSeconds: 900, recheckSeconds: 5 },
      refreshToken: { idleTtlSeconds: 2_592_000, absoluteTtlSeconds: 31_536_000, replayWindowSeconds: 30 },
      registration: { dynamic: true, metadataDocuments: true, trustedRedirectHosts: [] },
      codeTtlSeconds: 60,
      transactionTtlSeconds: 900,
      rememberConsentSeconds: 0,
    })
    expect([...settings.resources.values()]).toMatchObject([
      { url: `${publicUrl}/mcp`, issuer: `${publicUrl}/mcp`, path: '/mcp', defaultScopes: ['mcp:tools'] },
    ])
  })

  it('R098 takes what its providers say of tokens and documents as its own', () => {
    const provider = {
      ...idleProvider,
      gateway: { accessTokenTtlSeconds: 300, refreshTokenTtlSeconds: 86_400, cimdEnabled: false },
      settings: { ...idleProvider.settings, stateTtlSeconds: 300 },
    }
    const silent = { ...idleProvider, id: 'b', gateway: {} }
    for (const providers of [[provider], [silent, provider], [provider, { ...provider, id: 'c' }]]) {
      expect(parseOptions({ ...good, providers }).settings).toMatchObject({
        accessToken: { ttlSeconds: 300 },
        refreshToken: { idleTtlSeconds: 86_400, absoluteTtlSeconds: 86_400 },
        registration: { metadataDocuments: false },
        transactionTtlSeconds: providers.length === 1 ? 300 : 900,
      })
    }
    expect(
      parseOptions({ ...good, providers: provider, accessToken: { ttlSeconds: 600 } }).settings.accessToken
        .ttlSeconds,
    ).toBe(600)
  })

  it('R098 refuses providers that contradict each other, unless the server says it', () => {
    const saying = (id: string, accessTokenTtlSeconds: number) => ({
      ...idleProvider,
      id,
      gateway: { accessTokenTtlSeconds },
    })
    const providers = [saying('a', 300), saying('b', 600)]
    expect(() => parseOptions({ ...good, providers })).toThrow(
      'providers["b"].gateway.accessTokenTtlSeconds is 600, and 300 in "a"',
    )
    const { settings } = parseOptions({ ...good, providers, accessToken: { ttlSeconds: 900 } })
    expect(settings.accessToken.ttlSeconds).toBe(900)
  })

  it.each<[string, object]>([
    ['a logo elsewhere', { theme: { logoUrl: 'https://cdn.example/logo.svg' } }],
    ['a logo on this origin', { theme: { logoUrl: '/logo.svg' } }],
    ['trusted hosts', { registration: { trustedRedirectHosts: ['client.example', 'client.example:8443'] } }],
    ['scopes of a machine', { clients: [{ ...machine, scope: 'mcp:tools' }] }],
  ])('takes %s', (_, options) => {
    expect(() => parseOptions({ ...good, ...options })).not.toThrow()
  })

  it('SEC-21 names everything that is wrong at once, with the remedy and without a secret', () => {
    const secret = 'short-but-secret'
    const message = refusal({
      publicUrl: 'https://mcp.example.com/',
      keys: [secret],
      resorces: [],
      accessToken: { ttlSecond: 1 },
      clients: [{ clientId: 'a', name: 'A', redirectUris: ['http://example.com/cb'], clientSecret: secret }],
    })
    expect(message).toContain('publicUrl must be the bare origin')
    expect(message).toContain('Use "https://mcp.example.com"')
    expect(message).toContain('keys[0] must be at least 32 random bytes')
    expect(message).toContain('Did you mean "resources"?')
    expect(message).toContain('accessToken.ttlSecond is an unknown option. Did you mean "ttlSeconds"?')
    expect(message).toContain('clients[0].clientSecret is too short')
    expect(message).not.toContain(secret)
  })

  it.each<[string, Record<string, unknown>, string]>([
    [
      'AS-14 SEC-21 a public URL over plain http',
      { publicUrl: 'http://mcp.example.com' },
      'publicUrl must be the bare origin: replace "http://"',
    ],
    [
      'AS-14 SEC-21 loopback without development',
      { publicUrl: 'http://localhost:9000' },
      'publicUrl must be https outside development',
    ],
    [
      'AS-14 SEC-21 development on a public URL',
      { development: true },
      'development is for a publicUrl on localhost',
    ],
    ['a missing public URL', { publicUrl: undefined }, 'publicUrl is missing'],
    ['SEC-21 D08 missing keys', { keys: undefined }, 'keys is required outside development'],
    ['D08 an empty keyring', { keys: [] }, 'keys must not be an empty list'],
    ['D08 a key of one letter', { keys: ['A'.repeat(43)] }, 'keys[0] must be at least 32 random bytes'],
    [
      'D08 a key of words',
      { keys: ['correct horse battery staple correct horse'] },
      'keys[0] must be at least 32 random bytes',
    ],
    [
      'D08 a key that is not in a list',
      { keys: testKey },
      'keys must be a list, not a string. Put it in brackets',
    ],
    [
      'a resource that is a text',
      { resources: ['/mcp'] },
      'resources[0] must be an object, not a string. Expected: a route, e.g. `{ path: "/mcp", name: "Demo" }`.',
    ],
    ['no provider', { providers: [] }, 'providers must not be an empty list'],
    [
      'a provider that is none',
      { providers: {} },
      'must be an identity provider. Pass what a provider package returns',
    ],
    [
      'two providers of one id',
      { providers: [idleProvider, idleProvider] },
      'providers has "idle" twice. Give one of them a "providerId" of its own.',
    ],
    ...['javascript:alert(1)', 'logo.svg', '//cdn.example/logo.svg', 'http://cdn.example/logo.svg'].map(
      (logoUrl): [string, Record<string, unknown>, string] => [
        `the logo ${logoUrl}`,
        { theme: { logoUrl } },
        'theme.logoUrl must be an https URL, or a path on this origin',
      ],
    ),
    [
      'a URL in place of a trusted host',
      { registration: { trustedRedirectHosts: ['https://client.example'] } },
      'registration.trustedRedirectHosts[0] must be a host in lower case',
    ],
    [
      'a scope that a client could never get',
      { clients: [{ ...machine, scope: 'mcp:tools mcp:admin' }] },
      'clients["job"].scope names "mcp:admin", which none of the resources has that the client may use. Use "mcp:tools".',
    ],
    ['no resource', { resources: [] }, 'resources must not be an empty list'],
    ['a missing storage', { storage: undefined }, 'storage'],
    ['a storage that is none', { storage: {} }, 'storage must be a storage. Pass memoryStorage()'],
    [
      'a path with a slash at its end',
      { resources: [{ path: '/mcp/', name: 'A' }] },
      'resources[0].path must be a path such as',
    ],
    [
      'a path with dot segments',
      { resources: [{ path: '/a/../b', name: 'A' }] },
      'resources[0].path must be a path such as',
    ],
    [
      'a path of the server itself',
      { resources: [{ path: '/oauth/x', name: 'A' }] },
      'belongs to the authorization server',
    ],
    [
      'a well-known path',
      { resources: [{ path: '/.well-known/x', name: 'A' }] },
      'belongs to the authorization server',
    ],
    [
      'a path that is there twice',
      {
        resources: [
          { path: '/a', name: 'A' },
          { path: '/a', name: 'B' },
        ],
      },
      'resources[1].path "/a" is there twice',
    ],
    [
      'SCOPE-11 a scope with a space',
      { resources: [{ path: '/a', name: 'A', scopes: { 'a b': 'x' } }] },
      'scope name',
    ],
    [
      'SCOPE-09 a scope that OAuth defines',
      { resources: [{ path: '/a', name: 'A', scopes: { offline_access: 'x' } }] },
      'has "offline_access", which has a meaning of its own',
    ],
    [
      'several scopes without defaults',
      { resources: [{ path: '/a', name: 'A', scopes: { x: 'x', y: 'y' } }] },
      'defaultScopes is required',
    ],
    [
      'a default that is no scope',
      { resources: [{ path: '/a', name: 'A', defaultScopes: ['x'] }] },
      'has "x", which is not one of scopes',
    ],
    [
      'a provider nobody configured',
      { resources: [{ path: '/a', name: 'A', providers: ['x'] }] },
      'has "x", which is not the id of a provider',
    ],
    [
      'an idle time beyond the absolute one',
      { refreshToken: { idleTtlSeconds: 200, absoluteTtlSeconds: 100 } },
      'refreshToken.idleTtlSeconds is longer',
    ],
    [
      'DCR-12 clients that die under their tokens',
      { registration: { clientTtlSeconds: 100 } },
      'registration.clientTtlSeconds is shorter',
    ],
    ['a code that lives an hour', { codeTtlSeconds: 3600 }, 'codeTtlSeconds must be at most 600'],
    ['a base path without a slash', { basePath: 'oauth' }, 'basePath must be a path such as "/oauth"'],
    [
      'a token format nobody knows',
      { accessToken: { format: 'JWT' } },
      'must be one of "jwt", "opaque". Use "jwt".',
    ],
    ['a fetch that is none', { fetch: 'fetch' }, 'fetch must be a function'],
  ])('refuses %s', (_, change, message) => {
    expect(refusal({})).toBe('')
    expect(refusal(change)).toContain(message)
  })

  it('AS-14 SEC-21 D08 starts without keys and over http in development on loopback alone', () => {
    const { publicUrl: _, keys: __, ...rest } = good
    expect(createAuthorizationServer({ ...rest, development: true }).issuer).toBe('http://localhost:9000')
    const local = { ...rest, development: true, publicUrl: 'http://127.0.0.1:4000' }
    expect(createAuthorizationServer(local).issuer).toBe('http://127.0.0.1:4000')
  })

  it('serves a resource at the origin itself', async () => {
    const server = createAuthorizationServer({ ...good, resources: [{ path: '/', name: 'Root' }] })
    expect(server.resources).toMatchObject([{ url: publicUrl, issuer: publicUrl, path: '' }])
    const resource = await server.fetch(new Request(`${publicUrl}/.well-known/oauth-protected-resource`))
    expect(await resource.json()).toMatchObject({ resource: publicUrl, authorization_servers: [publicUrl] })
  })
})

describe('a client of the configuration', () => {
  const client = { clientId: 'app', name: 'App', redirectUris: ['https://app.example.com/cb'] }
  const clientSecret = 'a-long-enough-secret-of-forty-characters'
  const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }] }

  it.each([
    ['none', {}],
    ['client_secret_basic', { clientSecret }],
    ['client_secret_post', { clientSecret, authMethod: 'client_secret_post' }],
    ['private_key_jwt', { jwks }],
    ['private_key_jwt', { jwksUri: 'https://app.example.com/jwks' }],
  ] as const)('DCR-15 authenticates by %s when it has %o', (authMethod, change) => {
    const { settings } = parseOptions({ ...good, clients: [{ ...client, ...change }] })
    expect(settings.clients.get('app')).toMatchObject({ origin: 'configured', authMethod })
    expect(JSON.stringify(settings.clients.get('app'))).not.toContain(clientSecret)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no redirect URI', { redirectUris: [] }, 'clients["app"].redirectUris is empty'],
    [
      'A03 a scriptable redirect URI',
      { redirectUris: ['javascript:x'] },
      'clients["app"].redirectUris[0] must not use the scheme javascript',
    ],
    [
      'a redirect URI that begins an authorization (E03)',
      { redirectUris: ['https://mcp.example.com/oauth/authorize?client_id=b'] },
      'clients["app"].redirectUris[0] is an authorization endpoint of this server',
    ],
    [
      'a method without its secret',
      { authMethod: 'client_secret_post' },
      'clientSecret is required with authMethod',
    ],
    ['a secret nobody uses', { clientSecret, authMethod: 'none' }, 'clientSecret has no effect'],
    ['a method without its keys', { authMethod: 'private_key_jwt' }, 'jwks is required with authMethod'],
    ['keys nobody uses', { jwks, authMethod: 'none' }, 'jwks has no effect'],
    [
      'keys in two places',
      { jwks, jwksUri: 'https://app.example.com/jwks' },
      'jwksUri cannot be combined with jwks',
    ],
    [
      'CC-01 client_credentials without anything it proves',
      { grantTypes: ['client_credentials'], resources: ['/mcp'] },
      'grantTypes includes client_credentials, which needs a credential',
    ],
    [
      'CC-01 client_credentials without a resource',
      { grantTypes: ['client_credentials'], clientSecret },
      'resources is required with client_credentials',
    ],
    ['dpopBound without DPoP', { dpopBound: true }, 'clients["app"].dpopBound needs DPoP'],
    ['resources without client_credentials', { resources: ['/mcp'] }, 'resources has no effect'],
    [
      'a resource nobody configured',
      { clientSecret, introspects: ['/x'] },
      'has "/x", which is not the path of a resource',
    ],
    [
      'AS-81 introspection without anything it proves',
      { introspects: ['/mcp'] },
      'introspects is for clients that authenticate',
    ],
    [
      'a private key',
      { jwks: { keys: [{ kty: 'EC', d: 'x' }] } },
      'jwks contains a private or symmetric key',
    ],
  ])('is refused with %s', (_, change, message) => {
    expect(refusal({ clients: [client] })).toBe('')
    expect(refusal({ clients: [{ ...client, ...change }] })).toContain(message)
  })

  it('is refused beside another of the same id', () => {
    expect(refusal({ clients: [client, client] })).toContain('clients has "app" twice')
  })
})
