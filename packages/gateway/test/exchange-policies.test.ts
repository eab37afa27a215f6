import { describe, expect, it } from 'vitest'

import { parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'

const policy = (options: object, name = 'mcp-token-exchange-linear') => ({
  name,
  policyType: 'mcp-token-exchange-inbound',
  handler: { module: '$import(@portico/gateway)', export: 'McpTokenExchangeInboundPolicy', options },
})
const attached = (...names: readonly string[]) =>
  routesWith({ route: { policies: { inbound: ['staff', ...names] } } })
const userOAuth = { displayName: 'Linear', authMode: 'user-oauth' }
const withOptions = (options: object, name?: string) => ({
  policies: [signInPolicy(), policy(options, name)],
  routes: attached(name ?? 'mcp-token-exchange-linear'),
})

const manual = (registration: object) => ({
  ...userOAuth,
  clientRegistration: { mode: 'manual', clientId: 'portico', ...registration },
})
const secret = { method: 'client_secret_post', clientId: 'a', clientSecret: 'p0Zr3vQ8mKxT2wLs' }
const crossApp = (clientAuth: object, tokenUrl = 'https://idp.example.com/token') => ({
  displayName: 'Linear',
  authMode: 'id-jag',
  idJag: {
    idp: { tokenUrl, clientAuth },
    resourceAs: {
      tokenUrl: 'https://as.example.com/token',
      audience: 'https://as.example.com',
      clientAuth: secret,
    },
  },
})

describe('a token exchange policy', () => {
  it('R016 R020 R134 becomes a connection to the upstream of its route, with the id in its name', async () => {
    const { config } = await parse(withOptions({ ...userOAuth, scopes: ['read'], prompt: 'consent' }))
    expect(config.connections).toMatchObject([
      {
        id: 'linear',
        displayName: 'Linear',
        authMode: 'user-oauth',
        url: 'https://mcp.linear.app/mcp',
        scopes: ['read'],
        prompt: 'consent',
      },
    ])
    expect(config.routes[0]?.upstream?.connection).toBe('linear')
  })

  it('R020 takes its id from the options where they have one', async () => {
    const { config } = await parse(withOptions({ ...userOAuth, id: 'issues' }, 'upstream'))
    expect(config.connections).toMatchObject([{ id: 'issues' }])
  })

  it.each([
    ['mcp-token-exchange-linear', 'linear'],
    ['id-jag-upstream', 'id-jag-upstream'],
  ])('R020 named %s without an id has the id %s', async (name, id) => {
    const { config } = await parse(withOptions(userOAuth, name))
    expect(config.connections).toMatchObject([{ id }])
    expect(config.routes[0]?.upstream?.connection).toBe(id)
  })

  it.each<[string, object, string | undefined, string, string]>([
    ['R020 with a name that is no id', userOAuth, 'the upstream', 'id', 'is none: add it'],
    ['R020 with an id that is none', { ...userOAuth, id: 'a b' }, undefined, 'id', 'must be 1 to 64 letters'],
    [
      'without a display name',
      { authMode: 'user-oauth' },
      undefined,
      'displayName',
      'is missing: it must be a string.',
    ],
    [
      'of an unknown mode',
      { ...userOAuth, authMode: 'magic' },
      undefined,
      'authMode',
      'must be "user-oauth", "shared-oauth", "id-jag", "token-exchange" or "user-api-key".',
    ],
    ['with a misspelled option', { ...userOAuth, scope: ['a'] }, undefined, 'scope', 'did you mean "scopes"'],
    [
      'R137 with an unknown registration',
      { ...userOAuth, clientRegistration: { mode: 'none' } },
      undefined,
      'clientRegistration.mode',
      'must be "auto" or "manual".',
    ],
    ['with an empty name', { ...userOAuth, displayName: '' }, undefined, 'displayName', 'must not be empty'],
    ['with scopes in one string', { ...userOAuth, scopes: 'a b' }, undefined, 'scopes', 'must be a list.'],
    [
      'R134 with a delimiter of two characters',
      { ...userOAuth, scopeDelimiter: ', ' },
      undefined,
      'scopeDelimiter',
      'must have one character at most.',
    ],
    [
      'R143 with an unknown prompt',
      { ...userOAuth, prompt: 'always' },
      undefined,
      'prompt',
      'must be false, "none", "login", "consent" or "select_account".',
    ],
    [
      'R168 with an assertion that lives too long',
      crossApp({ method: 'private_key_jwt', clientId: 'a', privateKeyPem: 'p', expiresInSeconds: 3601 }),
      undefined,
      'idJag.idp.clientAuth.expiresInSeconds',
      'must be at most 3600.',
    ],
    [
      'R168 with a signature that anybody could make',
      crossApp({ method: 'private_key_jwt', clientId: 'a', privateKeyPem: 'p', algorithm: 'HS256' }),
      undefined,
      'idJag.idp.clientAuth.algorithm',
      'must be "RS256", "RS384"',
    ],
    [
      'R139 with a method whose key is missing',
      manual({ tokenEndpointAuthMethod: 'private_key_jwt', clientSecret: 'p0Zr3vQ8mKxT2wLs' }),
      undefined,
      'clientRegistration.privateKey',
      'is missing: tokenEndpointAuthMethod "private_key_jwt" needs it. Add it, or change the method.',
    ],
    [
      'R139 with a method whose secret is missing',
      manual({ tokenEndpointAuthMethod: 'client_secret_basic' }),
      undefined,
      'clientRegistration.clientSecret',
      'is missing: tokenEndpointAuthMethod "client_secret_basic" needs it. Add it, or change the method.',
    ],
  ])('is refused %s', async (_mistake, options, name, place, message) => {
    expect(await problemsOf(withOptions(options, name))).toMatchObject([
      { path: `[1].handler.options.${place}`, message: expect.stringContaining(message) },
    ])
  })

  const addresses: readonly (readonly [string, (address: string) => object])[] = [
    ['authorizationServer', (address) => ({ ...userOAuth, authorizationServer: address })],
    ['protectedResourceMetadataUrl', (address) => ({ ...userOAuth, protectedResourceMetadataUrl: address })],
    ['idJag.idp.tokenUrl', (address) => crossApp(secret, address)],
  ]
  it.each(addresses)(
    'UP-15 sends to no address without https in %s, which is found at boot',
    async (place, options) => {
      for (const address of [
        'http://idp.example.com/token',
        'ftp://idp.example.com/token',
        'javascript:alert(1)',
        'https://user:word@idp.example.com/token',
        'https://idp.example.com/token#',
        '/token',
      ]) {
        expect(await problemsOf(withOptions(options(address)))).toMatchObject([
          {
            path: `[1].handler.options.${place}`,
            message: 'must be an https URL without user information and fragment: correct it.',
          },
        ])
      }
      for (const address of ['https://idp.example.com/token?tenant=1', 'http://127.0.0.1:9001/oidc/token']) {
        const { config } = await parse(withOptions(options(address)))
        expect(config.connections).toMatchObject([{ displayName: 'Linear' }])
      }
    },
  )

  it.each([
    manual({ tokenEndpointAuthMethod: 'client_secret_basic', clientSecret: 'p0Zr3vQ8mKxT2wLs' }),
    manual({ tokenEndpointAuthMethod: 'private_key_jwt', privateKey: { privateKeyPem: 'p' } }),
    manual({ tokenEndpointAuthMethod: 'none' }),
    manual({}),
  ])('R139 is accepted with a client that is complete: %j', async (options) => {
    const { config } = await parse(withOptions(options))
    expect(config.connections).toMatchObject([{ clientRegistration: { clientId: 'portico' } }])
  })

  it('R016 is refused when another one has its id', async () => {
    const second = policy({ ...userOAuth, id: 'linear' }, 'second')
    const routes = {
      ...attached(),
      paths: {
        ...attached('mcp-token-exchange-linear').paths,
        ...routesWith({
          path: '/mcp/linear-v2',
          route: { policies: { inbound: ['staff', 'second'] } },
          operation: { operationId: 'linear-2' },
        }).paths,
      },
    }
    const problems = await problemsOf({ policies: [signInPolicy(), policy(userOAuth), second], routes })
    expect(problems).toMatchObject([{ path: '[2].handler.options.id' }])
  })

  it('R132 warns of a shared account that nobody may connect', async () => {
    const shared = { displayName: 'Linear', authMode: 'shared-oauth' }
    const { warnings } = await parse(withOptions(shared))
    expect(warnings).toMatchObject([{ message: expect.stringContaining('adminGroups') }])
    const { warnings: none } = await parse(withOptions({ ...shared, adminGroups: ['admins'] }))
    expect(none).toEqual([])
  })
})
