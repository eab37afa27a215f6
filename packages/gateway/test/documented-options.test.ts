import { describe, expect, it } from 'vitest'

import { environment, parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'

/** A policy as files written for the reference name its module and export. */
const policy = (policyType: string, name: string, options: object) => ({
  name,
  policyType,
  handler: { module: '$import(@zuplo/runtime)', export: 'AnyInboundPolicy', options },
})
const secret = '$env(ACME_CLIENT_SECRET)'
const credential = { method: 'client_secret_basic', clientId: 'exchanger', clientSecret: secret }
const keyProof = { method: 'private_key_jwt', clientId: 'exchanger', privateKeyPem: 'pem', keyId: 'k1' }

describe('options of a sign-in policy', () => {
  const signIn = (options: object) =>
    signInPolicy({
      handler: {
        module: '$import(@zuplo/runtime/mcp-gateway)',
        export: 'McpAcmeOAuthInboundPolicy',
        options: {
          acmeDomain: '$env(ACME_DOMAIN)',
          clientId: 'gateway',
          clientSecret: secret,
          ...options,
        },
      },
    })

  it.each<[string, object]>([
    ['R098 scope', { scope: 'openid email' }],
    [
      'R098 gateway',
      { gateway: { accessTokenTtlSeconds: 600, refreshTokenTtlSeconds: 86_400, cimdEnabled: false } },
    ],
    [
      'R098 browserLoginOverrides',
      {
        browserLoginOverrides: {
          remoteTimeoutMs: 5000,
          stateTtlSeconds: 300,
          sessionTtlSeconds: 3600,
          pkce: 'S256',
        },
      },
    ],
    ['R074 idJag', { idJag: { enabled: true, trustedIssuers: [{ expectedClientIds: ['agent'] }] } }],
  ])('%s', async (_, options) => {
    const { config, warnings } = await parse({ policies: { policies: [signIn(options)] } })
    expect(config.providers).toHaveLength(1)
    expect(warnings).toEqual([])
  })
})

describe('options of a policy after it', () => {
  const filter = 'mcp-capability-filter-inbound'
  const exchange = 'mcp-token-exchange-inbound'

  it.each<[string, string, object]>([
    [
      'R158 set-headers',
      'set-headers-inbound',
      { headers: [{ name: 'X-Team', value: 'a', overwrite: true }] },
    ],
    ['R158 remove-headers', 'remove-headers-inbound', { headers: ['Authorization', 'Cookie'] }],
    [
      'R157 set-upstream-api-key',
      'set-upstream-api-key-inbound',
      { value: `Bearer ${secret}`, header: 'X-Key', overwrite: true },
    ],
    [
      'R171 names',
      filter,
      { tools: ['list'], prompts: ['plan'], resources: ['a://b'], resourceTemplates: ['a://{c}'] },
    ],
    [
      'R177 projections',
      filter,
      {
        tools: [
          {
            name: 'list',
            description: 'Lists.',
            annotations: { readOnlyHint: true, title: 'List' },
            _meta: { team: 'a' },
          },
        ],
        prompts: [{ name: 'plan', description: 'Plans.' }],
        resources: [{ uri: 'a://b', name: 'B', mimeType: 'text/plain', description: 'One.' }],
        resourceTemplates: [{ uriTemplate: 'a://{c}', name: 'C', mimeType: 'text/plain' }],
      },
    ],
    [
      'R183 R184 access by roles and groups',
      filter,
      {
        accessControl: { mode: 'rolesAndGroups', roleClaim: 'roles', groupClaim: 'groups' },
        tools: [
          { name: 'list', public: true },
          { name: 'remove', roles: ['admin'], groups: ['ops'] },
        ],
      },
    ],
    [
      'R134 user-oauth',
      exchange,
      {
        id: 'notes',
        displayName: 'Notes',
        summary: 'Notes of the team.',
        authMode: 'user-oauth',
        scopes: ['read', 'write'],
        scopeDelimiter: ',',
        protectedResourceMetadataUrl: 'https://mcp.linear.app/.well-known/oauth-protected-resource',
        prompt: 'consent',
        clientRegistration: { mode: 'auto' },
      },
    ],
    [
      'R137 user-oauth with a client registered by hand',
      exchange,
      {
        displayName: 'Notes',
        authMode: 'user-oauth',
        clientRegistration: {
          mode: 'manual',
          clientId: 'portico',
          clientSecret: secret,
          tokenEndpointAuthMethod: 'client_secret_post',
        },
      },
    ],
    ['R132 shared-oauth', exchange, { displayName: 'Notes', authMode: 'shared-oauth', adminGroups: ['ops'] }],
    [
      'R133 R164 R165 R166 id-jag',
      exchange,
      {
        displayName: 'Notes',
        authMode: 'id-jag',
        idJag: {
          scopes: ['read'],
          scopeDelimiter: ' ',
          idp: { tokenUrl: 'https://acme.example/token', clientAuth: credential },
          resourceAs: {
            tokenUrl: 'https://as.example/token',
            audience: 'https://as.example',
            resource: 'https://mcp.linear.app/mcp',
            clientAuth: keyProof,
          },
        },
      },
    ],
    [
      'token-exchange',
      exchange,
      {
        displayName: 'Notes',
        authMode: 'token-exchange',
        tokenExchange: { tokenUrl: 'https://acme.example/token', clientAuth: credential, audience: 'notes' },
      },
    ],
    [
      'user-api-key',
      exchange,
      { displayName: 'Notes', authMode: 'user-api-key', apiKey: { header: 'X-Key', prefix: '' } },
    ],
  ])('%s', async (_, policyType, options) => {
    const { warnings } = await parse({
      policies: { policies: [signInPolicy(), policy(policyType, 'second', options)] },
      routes: routesWith({
        extension: 'x-zuplo-route',
        handler: { module: '$import(@zuplo/runtime/mcp-gateway)' },
        route: { policies: { inbound: ['staff', 'second'] } },
      }),
    })
    expect(warnings).toEqual([])
  })
})

describe('routes', () => {
  it('R017 R123 R182 two, with variables, options and policies of their own', async () => {
    const handler = { module: '$import(@zuplo/runtime/mcp-gateway)' }
    const full = routesWith({
      extension: 'x-zuplo-route',
      handler,
      options: { rewritePattern: '${env.NOTES_URL}', forwardSearch: false, followRedirects: false },
      route: { policies: { inbound: ['staff'], outbound: [] } },
    })
    const reading = routesWith({
      path: '/mcp/notes-reading-v1',
      extension: 'x-zuplo-route',
      handler,
      options: { rewritePattern: '${env.NOTES_URL}' },
      operation: { operationId: 'notes-reading-mcp-server' },
      route: { policies: { inbound: ['staff', 'reading'] } },
    })
    const { config, warnings } = await parse({
      policies: {
        corsPolicies: [],
        policies: [signInPolicy(), policy('mcp-capability-filter-inbound', 'reading', { tools: ['list'] })],
      },
      routes: { ...full, paths: { ...full.paths, ...reading.paths } },
      environment: { ...environment, NOTES_URL: 'https://notes.example/mcp' },
    })
    expect(config.routes.map(({ path }) => path)).toEqual(['/mcp/linear-v1', '/mcp/notes-reading-v1'])
    expect(warnings).toEqual([])
  })
})

describe('a login without a provider', () => {
  const local = (url: string) =>
    policy('mcp-oauth-inbound', 'staff', {
      oidc: { issuer: 'http://127.0.0.1:9000', jwksUrl: 'http://127.0.0.1:9000/jwks' },
      browserLogin: { url },
    })

  it.each(['http://127.0.0.1:9000/__zuplo/oauth/dev-login', 'http://localhost:9000/oauth/dev-login'])(
    'R114 R115 R237 is one problem, with the provider to use in its place: %s',
    async (url) => {
      const problems = await problemsOf({ policies: { policies: [local(url)] } })
      expect(problems).toHaveLength(1)
      expect(problems).toMatchObject([
        {
          path: 'policies[0].handler.options.browserLogin.url',
          message: expect.stringContaining('start "npx portico-dev-idp" of @portico/dev-idp'),
        },
      ])
    },
  )

  it('R115 is not what another login URL is taken for', async () => {
    const problems = await problemsOf({
      policies: { policies: [local('https://idp.example/oauth/dev-login-page')] },
    })
    expect(JSON.stringify(problems)).not.toContain('dev-idp')
  })
})
