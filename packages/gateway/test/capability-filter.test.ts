import { defineProvider } from '@portico/provider'
import type { IdpUser } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import type { CapabilityOptions, GatewayOptions } from '../src/index.ts'
import { importModule, parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'
import { demoUrl, discoveryOf, publicUrl, testGateway } from './test-gateway.ts'

const filter = (options: object) => ({
  name: 'filter',
  policyType: 'mcp-capability-filter-inbound',
  handler: {
    module: '$import(@zuplo/runtime/mcp-gateway)',
    export: 'McpCapabilityFilterInboundPolicy',
    options,
  },
})

/** As GitHub: no ID token. */
const providerWithoutClaims = defineProvider({
  id: 'hub',
  name: 'Hub',
  kind: 'oauth2',
  options: {},
  derive: () => ({
    browserLogin: { url: 'https://hub.example/auth', tokenUrl: 'https://hub.example/token' },
  }),
  identify: () => ({ subject: 'a' }),
})

const files = (options: object, route: object = {}) => ({
  policies: [signInPolicy(), filter(options)],
  routes: routesWith({ route: { policies: { inbound: ['staff', 'filter'] }, ...route } }),
})

describe('the capability filter of the policies file', () => {
  it.each<[string, CapabilityOptions]>([
    [
      'R171 R177 names, projections and templates',
      {
        tools: [
          {
            name: 'create_invoice',
            description: 'For accounting.',
            annotations: { destructiveHint: false },
            _meta: { roles: ['accounting'] },
          },
        ],
        prompts: ['summarize_customer'],
        resources: ['stripe://customers'],
        resourceTemplates: ['stripe://customers/{id}'],
      },
    ],
    [
      'R184 roles and groups',
      {
        tools: [
          { name: 'search_invoices', roles: ['billing', 'admin'] },
          { name: 'create_invoice', roles: ['admin'], groups: ['finance'] },
          { name: 'list_products', public: true },
        ],
        accessControl: { mode: 'rolesAndGroups' },
      },
    ],
    ['R174 nothing at all', { tools: [], prompts: [], resources: [], resourceTemplates: [] }],
    [
      'the defaults, spelled out',
      { accessControl: { groupClaim: 'groups', identifier: {}, mode: 'allPublic', roleClaim: 'roles' } },
    ],
    [
      'rules',
      {
        tools: [{ pattern: 'read_*' }, { name: 'write', rename: 'save', scopes: ['mcp:tools'] }],
        rules: [
          { effect: 'allow', tools: ['*'], groups: ['staff'], arguments: { environment: ['dev', 1, true] } },
          {
            effect: 'deny',
            prompts: ['x'],
            clients: ['https://*.example/*'],
            unless: { users: ['a@b.example'] },
          },
        ],
        scopeIncludes: { 'mcp:tools': ['mcp:tools'] },
        listBeyondScopes: true,
      },
    ],
  ])('takes %s', async (_, options) => {
    const { config, warnings } = await parse(files(options))
    expect(config.routes[0]?.capabilities).toEqual(options)
    expect(warnings).toEqual([])
  })

  it.each<[string, object, string, string]>([
    ['a misspelled option', { tool: [] }, 'tool', 'did you mean "tools"'],
    ['a misspelled member', { tools: [{ name: 'a', role: ['x'] }] }, 'tools[0].role', 'did you mean "roles"'],
    ['an entry that is neither text nor object', { tools: [7] }, 'tools[0]', 'must be a name'],
    ['an entry without a letter', { tools: [''] }, 'tools[0]', 'must not be empty'],
    [
      'an entry without a name',
      { tools: [{ description: 'x' }] },
      'tools[0]',
      'neither "name" nor "pattern"',
    ],
    [
      'a template without its text',
      { resourceTemplates: [{ name: 'x' }] },
      'resourceTemplates[0]',
      '"uriTemplate"',
    ],
    ['a name and a pattern', { tools: [{ name: 'a', pattern: 'a*' }] }, 'tools[0].pattern', 'keep one'],
    ['a pattern with a new name', { tools: [{ pattern: 'a*', rename: 'b' }] }, 'tools[0].rename', 'pattern'],
    ['a name twice', { tools: ['a', { name: 'a' }] }, 'tools[1]', 'is listed twice'],
    [
      'a new name that is taken',
      { tools: ['b', { name: 'a', rename: 'b' }] },
      'tools[1].rename',
      'is the name of "b"',
    ],
    [
      'a name that was given away',
      { tools: [{ name: 'a', rename: 'b' }, 'b'] },
      'tools[1]',
      'has been given',
    ],
    [
      'R184 roles without the mode for them',
      { tools: [{ name: 'a', roles: ['x'] }] },
      'tools[0].roles',
      'rolesAndGroups',
    ],
    [
      'R184 public together with roles',
      { tools: [{ name: 'a', roles: ['x'], public: true }], accessControl: { mode: 'rolesAndGroups' } },
      'tools[0].public',
      'contradicts',
    ],
    [
      'R186 the mode "function"',
      { accessControl: { mode: 'function', identifier: { module: '$import(./access)', export: 'access' } } },
      'accessControl.mode',
      'a function cannot come from a file. Use "rolesAndGroups", or say in "rules"',
    ],
    [
      'a mode that does not exist',
      { accessControl: { mode: 'private' } },
      'accessControl.mode',
      'must be "allPublic" or "rolesAndGroups".',
    ],
    ['a rule about nothing', { rules: [{ effect: 'deny' }] }, 'rules[0]', 'is about nothing'],
    ['a rule with no effect', { rules: [{ tools: ['a'] }] }, 'rules[0].effect', '"allow" or "deny"'],
    [
      'an empty list of groups',
      { rules: [{ effect: 'deny', tools: ['a'], groups: [] }] },
      'rules[0].groups',
      'leave it out',
    ],
    [
      'an exception of nobody',
      { rules: [{ effect: 'deny', tools: ['a'], unless: {} }] },
      'rules[0].unless',
      'excepts nobody',
    ],
    [
      'arguments of a resource',
      { rules: [{ effect: 'deny', resources: ['x:y'], arguments: { a: ['b'] } }] },
      'rules[0].arguments',
      'tools and prompts alone',
    ],
    [
      'SCOPE-10 a scope that no token has',
      { tools: [{ name: 'a', scopes: ['b'] }] },
      'tools[0].scopes[0]',
      'is not a scope of the route',
    ],
    [
      'such a scope in an exception',
      { rules: [{ effect: 'deny', tools: ['a'], unless: { scopes: ['b'] } }] },
      'rules[0].unless.scopes[0]',
      'is not a scope of the route',
    ],
  ])('refuses %s', async (_, options, place, message) => {
    expect(await problemsOf(files(options))).toMatchObject([
      {
        file: 'config/policies.json',
        path: expect.stringMatching(
          new RegExp(`^\\[1\\]\\.handler\\.options\\.${place.replaceAll(/[.[\]]/g, '\\$&')}$`),
        ),
        message: expect.stringContaining(message),
      },
    ])
  })

  it('takes a scope that the route has', async () => {
    const options = { tools: [{ name: 'a', scopes: ['b'] }] }
    const scopes = { scopes: { 'mcp:tools': 'Use it.', b: 'Do b.' } }
    await expect(parse(files(options, scopes))).resolves.toBeDefined()
  })

  it('R185 tells the provider which claims hold groups and roles, and keeps the rest', async () => {
    const accessControl = {
      mode: 'rolesAndGroups',
      groupClaim: 'cognito:groups',
      roleClaim: 'realm_access.roles',
    }
    const { config, warnings } = await parse(files({ accessControl, tools: [{ name: 'a', roles: ['x'] }] }))
    expect(warnings).toEqual([])
    expect(config.routes[0]?.capabilities?.accessControl).toEqual({ mode: 'rolesAndGroups' })
    const claims = { sub: 'a', 'cognito:groups': ['staff'], realm_access: { roles: ['x'] }, roles: ['y'] }
    const identity = await config.providers[0]?.identify(claims, () => Promise.reject(new Error('unread')))
    expect(identity).toMatchObject({ groups: ['staff'], roles: ['x'] })
  })

  it('R185 says nothing of claims to a provider that has none', async () => {
    const signIn = signInPolicy()
    const options = { clientId: 'Iv1.portico', clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9MwJ8vT2nQx5LrB7kY' }
    const hub = {
      ...signInPolicy({ handler: { module: '$import(@vendor/hub)', export: 'hub', options } }),
      name: 'guests',
      policyType: 'mcp-hub-oauth-inbound',
    }
    const files = (accessControl: object) => ({
      policies: [signIn, hub, filter({ accessControl })],
      routes: routesWith({ route: { policies: { inbound: ['staff', 'guests', 'filter'] } } }),
      importModule: (specifier: string) =>
        specifier === '@vendor/hub'
          ? Promise.resolve({ hub: providerWithoutClaims })
          : importModule(specifier),
    })
    const { config } = await parse(files({ roleClaim: 'realm_access.roles' }))
    expect(config.providers.map(({ id }) => id)).toEqual(['acme', 'hub'])
    const claims = { sub: 'a', realm_access: { roles: ['x'] } }
    const identity = await config.providers[0]?.identify(claims, () => Promise.reject(new Error('unread')))
    expect(identity).toMatchObject({ roles: ['x'] })
  })

  it('R185 refuses two claims for the roles of one provider', async () => {
    const signIn = signInPolicy()
    const { handler } = signIn
    const withOption = { ...signIn, handler: { ...handler, options: { ...handler.options, roleClaim: 'a' } } }
    const { routes } = files({})
    const policies = (roleClaim: string) => [withOption, filter({ accessControl: { roleClaim } })]
    await expect(parse({ policies: policies('a'), routes })).resolves.toBeDefined()
    expect(await problemsOf({ policies: policies('b'), routes })).toMatchObject([
      {
        path: '[1].handler.options.accessControl.roleClaim',
        message: expect.stringContaining('make them agree'),
      },
    ])
  })

  it('R185 lets users in whose roles are in the claim that the files name', async () => {
    const accessControl = { mode: 'rolesAndGroups', roleClaim: 'https://acme.example/roles' }
    const tools = [
      { name: 'read', public: true },
      { name: 'write', roles: ['editor'] },
    ]
    const options = { acmeDomain: 'acme.example', clientId: 'client', clientSecret: 'secret' }
    const policies = [signInPolicy({ handler: { options } }), filter({ accessControl, tools })]
    const { config } = await parse({ ...files({}), policies })
    const { capabilities = {} } = config.routes[0] ?? {}
    const toolsOf = async (claims: object) => {
      const { client, idp } = gatewayWith(capabilities, {}, { providers: config.providers })
      idp.signInAs({ ...user({}), ...claims })
      return (await (await client.connect(demoUrl)).call('tools/list')).result
    }
    expect(await toolsOf({ roles: ['editor'] })).toMatchObject({ tools: [{ name: 'read' }] })
    expect(await toolsOf({ 'https://acme.example/roles': ['editor'] })).toMatchObject({
      tools: [{ name: 'read' }, { name: 'write' }],
    })
  })
})

/** A gateway whose upstream has three tools; `read` is everybody's. */
function gatewayWith(
  capabilities: CapabilityOptions,
  more: Pick<GatewayOptions['routes'][0], 'scopes'> = {},
  options: Pick<Partial<GatewayOptions>, 'providers'> = {},
) {
  const called: unknown[] = []
  const tools = ['read', 'write', 'erase'].map((name) => ({ name, inputSchema: { type: 'object' } }))
  return {
    called,
    ...testGateway({
      ...options,
      routes: [
        {
          path: '/mcp/demo',
          id: 'demo',
          upstream: { url: 'https://upstream.example/mcp' },
          capabilities,
          ...more,
        },
      ],
      upstreamFetch: async (url, init) => {
        const body = (await new Request(url, init).json()) as { id: unknown; method: string; params?: object }
        const discovery = discoveryOf(body)
        if (discovery) return discovery
        if (body.method === 'tools/call') called.push(body.params)
        const result = body.method === 'tools/list' ? { tools } : { content: [] }
        return Response.json({ jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', ...result } })
      },
    }),
  }
}

const user = (claims: Partial<IdpUser>): IdpUser => ({ sub: 'ada', name: 'Ada', ...claims })

describe('a route with a capability filter', () => {
  const capabilities: CapabilityOptions = {
    rules: [{ effect: 'deny', tools: ['write', 'erase'], unless: { groups: ['admins'] } }],
  }

  it('hides from guests what admins see, and answers a call of it like an unknown tool', async () => {
    const { client, idp, called } = gatewayWith(capabilities)
    idp.signInAs(user({ groups: ['guests'] }))
    const guest = await client.connect(demoUrl)
    expect((await guest.call('tools/list')).result).toMatchObject({ tools: [{ name: 'read' }] })
    expect((await guest.call('tools/call', { name: 'write' })).error).toEqual({
      code: -32_602,
      message: 'Unknown tool: write',
    })
    expect(called).toEqual([])
  })

  it('shows admins everything, in order', async () => {
    const { client, idp, called } = gatewayWith(capabilities)
    idp.signInAs(user({ groups: ['admins'] }))
    const admin = await client.connect(demoUrl)
    const { result } = await admin.call('tools/list')
    expect(result).toMatchObject({ tools: [{ name: 'erase' }, { name: 'read' }, { name: 'write' }] })
    expect((await admin.call('tools/call', { name: 'write' })).status).toBe(200)
    expect(called).toHaveLength(1)
  })

  it.each([
    ['a verified address, whatever its case', { email: 'Ada@Example.com', email_verified: true }, 3],
    ['no unverified one', { email: 'ada@example.com', email_verified: false }, 2],
  ])('knows a user by %s', async (_, claims, length) => {
    const { client, idp } = gatewayWith({
      rules: [{ effect: 'deny', tools: ['erase'], unless: { users: ['ADA@example.com'] } }],
    })
    idp.signInAs(user(claims))
    const { result } = await (await client.connect(demoUrl)).call('tools/list')
    expect((result as { tools: unknown[] }).tools).toHaveLength(length)
  })

  it('SCOPE-05 names the scope that would help, and takes the token that has it', async () => {
    const { client, called } = gatewayWith(
      { tools: ['read', { name: 'erase', scopes: ['mcp:erase'] }] },
      { scopes: { 'mcp:tools': 'Use the tools.', 'mcp:erase': 'Erase everything.' } },
    )
    const connection = await client.connect(demoUrl)
    expect((await connection.call('tools/list')).result).toMatchObject({ tools: [{ name: 'read' }] })
    const refused = await connection.call('tools/call', { name: 'erase' })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", error_description="the token does not cover this operation", resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/mcp/demo", scope="mcp:erase"`,
    )
    const better = await client.connect(demoUrl, { scope: 'mcp:tools mcp:erase' })
    expect((await better.call('tools/call', { name: 'erase' })).status).toBe(200)
    expect(called).toHaveLength(1)
  })

  it('refuses wrong options in code, at their place', () => {
    expect(() => gatewayWith({ tools: ['a', 'a'] })).toThrow('routes[0].capabilities.tools[1]')
    expect(() => gatewayWith({ accessControl: { roleClaim: 'a.b' } })).toThrow(
      'routes[0].capabilities.accessControl.roleClaim is said to the provider',
    )
  })
})
