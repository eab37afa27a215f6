import { describe, expect, it } from 'vitest'

import { environment, parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'
import type { Files } from './config-files.ts'

const headers = (name: string, options: object, policyType = 'set-headers-inbound') => ({
  name,
  policyType,
  handler: { module: '$import(@zuplo/runtime)', export: 'SetHeadersInboundPolicy', options },
})

const withHeaders = (options: object, policyType?: string): Files => ({
  policies: [signInPolicy(), headers('key', options, policyType)],
  routes: routesWith({ route: { policies: { inbound: ['staff', 'key'] } } }),
})

describe('a working pair of files', () => {
  it('R008 becomes providers and routes', async () => {
    const { config, warnings } = await parse()
    expect(config.providers).toMatchObject([
      { id: 'acme', oidc: { issuer: 'https://acme.example' }, client: { id: 'gateway' } },
    ])
    expect(config.routes).toEqual([
      {
        path: '/mcp/linear-v1',
        id: 'linear-mcp-server',
        name: 'Linear',
        upstream: { url: 'https://mcp.linear.app/mcp', headers: {}, forwardSearch: false },
        providers: ['acme'],
      },
    ])
    expect(warnings).toEqual([])
  })

  it.each([
    ['an object with "policies"', { policies: [signInPolicy()] }],
    ['a bare array', [signInPolicy()]],
    ['a single policy', signInPolicy()],
  ])('reads %s', async (_shape, policies) => {
    const { config } = await parse({ policies })
    expect(config.providers).toHaveLength(1)
  })

  it('reads comments and trailing commas', async () => {
    const text = JSON.stringify(signInPolicy()).replace(/\}$/, ', // the only one\n}')
    await expect(parse({ policies: text })).resolves.toBeDefined()
  })

  it('reads routes written for the reference', async () => {
    const { config } = await parse({
      routes: routesWith({
        extension: 'x-zuplo-route',
        handler: { module: '$import(@zuplo/runtime/mcp-gateway)' },
        options: { rewritePattern: '${env.UPSTREAM_MCP_URL}', forwardSearch: false, followRedirects: false },
      }),
      environment: { ...environment, UPSTREAM_MCP_URL: 'https://upstream.example/mcp' },
    })
    expect(config.routes[0]?.upstream).toEqual({
      url: 'https://upstream.example/mcp',
      headers: {},
      forwardSearch: false,
    })
  })

  it.each(['$import(@zuplo/runtime/mcp-gateway)', '$import(@zuplo/runtime)'])(
    'finds the provider by policy type for the module %s',
    async (module) => {
      const handler = { module, export: 'McpAcmeOAuthInboundPolicy' }
      const { config } = await parse({ policies: signInPolicy({ handler }) })
      expect(config.providers).toHaveLength(1)
    },
  )

  it('loads a third-party provider by its package name', async () => {
    const { config } = await parse({
      policies: signInPolicy({ handler: { module: '$import(@vendor/acme)' } }),
    })
    expect(config.providers).toHaveLength(1)
  })

  it('unlike R015 accepts several sign-in policies, and a route takes those it attaches', async () => {
    const second = signInPolicy({
      name: 'partners',
      handler: {
        options: {
          acmeDomain: 'b.example',
          clientId: 'b',
          clientSecret: '$env(ACME_CLIENT_SECRET)',
          providerId: 'partners',
        },
      },
    })
    const inbound = ['partners', 'staff']
    const { config } = await parse({
      policies: [signInPolicy(), second],
      routes: routesWith({ route: { policies: { inbound } } }),
    })
    expect(config.providers.map(({ id }) => id)).toEqual(['acme', 'partners'])
    expect(config.routes[0]?.providers).toEqual(['partners', 'acme'])
  })

  it('R157 R158 turns header policies into static upstream headers', async () => {
    const { config } = await parse({
      policies: [
        signInPolicy(),
        headers('strip', { headers: ['Authorization'] }, 'remove-headers-inbound'),
        headers('key', { headers: [{ name: 'Authorization', value: 'Bearer $env(ACME_CLIENT_SECRET)' }] }),
        headers('other', { header: 'X-Api-Key', value: 'k' }, 'set-upstream-api-key-inbound'),
      ],
      routes: routesWith({ route: { policies: { inbound: ['staff', 'strip', 'key', 'other'] } } }),
    })
    expect(config.routes[0]?.upstream?.headers).toEqual({
      Authorization: `Bearer ${environment.ACME_CLIENT_SECRET}`,
      'X-Api-Key': 'k',
    })
  })

  it('sets the key in Authorization unless told otherwise', async () => {
    const { config } = await parse(withHeaders({ value: 'Bearer k' }, 'set-upstream-api-key-inbound'))
    expect(config.routes[0]?.upstream?.headers).toEqual({ Authorization: 'Bearer k' })
  })

  it('PROXY-09 takes the era of an upstream from the route, and finds it out without', async () => {
    const { config } = await parse({ routes: routesWith({ options: { era: 'legacy' } }) })
    expect(config.routes[0]?.upstream?.era).toBe('legacy')
    expect((await parse()).config.routes[0]?.upstream).not.toHaveProperty('era')
  })

  it.each([
    ['x-portico-route', false],
    ['x-zuplo-route', true],
  ])('R123 forwards the query by default as %s says: %s', async (extension, expected) => {
    const { config } = await parse({ routes: routesWith({ extension }) })
    expect(config.routes[0]?.upstream?.forwardSearch).toBe(expected)
    const other = await parse({ routes: routesWith({ extension, options: { forwardSearch: !expected } }) })
    expect(other.config.routes[0]?.upstream?.forwardSearch).toBe(!expected)
  })

  it('takes scopes in words from the route', async () => {
    const scopes = { 'mcp:tools': 'Use the tools.' }
    const defaultScopes = ['mcp:tools']
    const { config } = await parse({ routes: routesWith({ route: { scopes, defaultScopes } }) })
    expect(config.routes[0]).toMatchObject({ scopes, defaultScopes })
  })
})

describe('warnings', () => {
  it('names a policy that no route attaches', async () => {
    const { warnings } = await parse({ policies: [signInPolicy(), headers('spare', { headers: [] })] })
    expect(warnings).toMatchObject([
      { path: '[1].name', message: expect.stringContaining('attached to no route') },
    ])
  })

  it.each([
    ['corsPolicy', { routes: routesWith({ route: { corsPolicy: 'anything-goes' } }) }],
    ['overwrite', withHeaders({ headers: [{ name: 'X-Key', value: 'k', overwrite: false }] })],
  ])('says that %s has no effect', async (member, files) => {
    const { warnings } = await parse(files)
    expect(warnings).toMatchObject([
      { path: expect.stringContaining(member), message: expect.stringMatching(/^has no effect/) },
    ])
  })
})

describe('mistakes in the policies file', () => {
  const policy = (change: object) => ({ policies: [{ ...signInPolicy(), ...change }] })
  const handler = (change: object) => ({ policies: [signInPolicy({ handler: change })] })
  const p = 'policies[0].'

  it.each<[string, unknown, string, string]>([
    ['neither object nor array', '"text"', '', 'must hold an object with "policies"'],
    ['policies that are no list', { policies: {} }, 'policies', 'must be an array'],
    [
      'an entry that is no object',
      { policies: [1] },
      'policies[0]',
      'must be an object with name, policyType and handler',
    ],
    ['a missing name', policy({ name: undefined }), `${p}name`, 'is missing'],
    ['an empty name', policy({ name: '' }), `${p}name`, 'must not be empty'],
    ['a missing policy type', policy({ policyType: undefined }), `${p}policyType`, 'is missing'],
    [
      'an unknown policy type',
      policy({ policyType: 'mcp-capability-filer-inbound' }),
      `${p}policyType`,
      'did you mean "mcp-capability-filter-inbound"',
    ],
    [
      'an unknown provider',
      policy({
        policyType: 'mcp-acne-oauth-inbound',
        handler: { module: '$import(@zuplo/runtime)', export: 'McpAcneOAuthInboundPolicy' },
      }),
      `${p}policyType`,
      'did you mean "mcp-acme-oauth-inbound"',
    ],
    [
      'a misspelled provider beside the export that was meant',
      policy({
        policyType: 'mcp-acne-oauth-inbound',
        handler: { module: '$import(@zuplo/runtime)', export: 'McpAcmeOAuthInboundPolicy' },
      }),
      `${p}policyType`,
      'did you mean "mcp-acme-oauth-inbound"',
    ],
    [
      'a policy type of another family',
      policy({ policyType: 'rate-limit-inbound' }),
      `${p}policyType`,
      'is not a policy type of Portico',
    ],
    [
      'a path in the policy type',
      policy({ policyType: 'mcp-../x-oauth-inbound' }),
      `${p}policyType`,
      'is not a policy type',
    ],
    ['a misspelled member', policy({ handlr: {} }), `${p}handlr`, 'did you mean "handler"'],
    [
      'a member that belongs elsewhere',
      handler({ name: 'acme' }),
      `${p}handler.name`,
      'is not a known member here. Remove it.',
    ],
    ['a missing handler', policy({ handler: undefined }), `${p}handler`, 'is missing'],
    ['a missing module', handler({ module: undefined }), `${p}handler.module`, 'is missing'],
    [
      'a module without $import',
      handler({ module: '@portico/acme' }),
      `${p}handler.module`,
      'use "$import(@portico/acme)"',
    ],
    [
      'a package that is not installed',
      handler({ module: '$import(@vendor/other)' }),
      `${p}handler.module`,
      'run "npm install @vendor/other"',
    ],
    [
      'a file that is not there',
      handler({ module: '$import(./acme.ts)' }),
      `${p}handler.module`,
      'no such file beside the configuration',
    ],
    ['an export that is not there', handler({ export: 'acmee' }), `${p}handler.export`, 'use "acme"'],
    [
      'an export of another policy type',
      handler({ module: '$import(@zuplo/runtime)', export: 'McpLogtoOAuthInboundPolicy' }),
      `${p}handler.export`,
      'use "McpAcmeOAuthInboundPolicy"',
    ],
    [
      'a package of another policy type',
      policy({ policyType: 'mcp-logto-oauth-inbound' }),
      `${p}policyType`,
      'use "mcp-acme-oauth-inbound"',
    ],
    ['options that are no object', handler({ options: 'x' }), `${p}handler.options`, 'must be an object'],
    [
      'a misspelled option',
      handler({
        options: {
          acmeDomain: 'a.example',
          clientId: 'c',
          clientSecret: 'a-secret-of-the-application',
          clientid: 'c',
        },
      }),
      `${p}handler.options.clientid`,
      'Did you mean "clientId"',
    ],
    [
      'a missing option',
      handler({ options: { clientId: 'c', clientSecret: 'a-secret-of-the-application' } }),
      `${p}handler.options.acmeDomain`,
      'is missing',
    ],
  ])('refuses %s', async (_mistake, policies, path, message) => {
    const problems = await problemsOf({ policies })
    expect(problems).toContainEqual(
      expect.objectContaining({
        file: 'config/policies.json',
        path,
        message: expect.stringContaining(message),
      }),
    )
  })

  it('refuses a name that stands there twice', async () => {
    expect(await problemsOf({ policies: [signInPolicy(), headers('staff', { headers: [] })] })).toMatchObject(
      [{ path: '[1].name', message: expect.stringContaining('rename') }],
    )
  })

  it('refuses two providers with one id, and accepts them with another providerId', async () => {
    const options = { acmeDomain: 'b.example', clientId: 'b', clientSecret: '$env(ACME_CLIENT_SECRET)' }
    const withId = (more: object) => [
      signInPolicy(),
      signInPolicy({ name: 'partners', handler: { options: { ...options, ...more } } }),
    ]
    expect(await problemsOf({ policies: withId({}) })).toMatchObject([
      { path: '[1].handler.options.providerId', message: expect.stringContaining('must differ from "acme"') },
    ])
    await expect(parse({ policies: withId({ providerId: 'partners' }) })).resolves.toBeDefined()
  })

  it.each<[string, Files, string]>([
    ['no list', withHeaders({}), 'is missing'],
    ['a header without a value', withHeaders({ headers: [{ name: 'X-Key' }] }), 'is missing'],
    [
      'a misspelled member',
      withHeaders({ headers: [{ name: 'X', value: 'v', overwritte: true }] }),
      'did you mean "overwrite"',
    ],
    ['no value', withHeaders({}, 'set-upstream-api-key-inbound'), 'is missing'],
    [
      'names that are no text',
      withHeaders({ headers: [1] }, 'remove-headers-inbound'),
      'must be the name of a header',
    ],
  ])('refuses a header policy with %s', async (_mistake, files, message) => {
    const problems = await problemsOf(files)
    expect(problems).toMatchObject([
      { path: expect.stringMatching(/^\[1\]\.handler\.options/), message: expect.stringContaining(message) },
    ])
  })
})

describe('variables', () => {
  it('are reported by name and option when they are not set, and the option is not judged as well', async () => {
    expect(
      await problemsOf({ environment: { ACME_CLIENT_SECRET: 'wJ8vT2nQx5LrB7kYp3ZsHd9M' } }),
    ).toMatchObject([
      {
        path: 'policies[0].handler.options.acmeDomain',
        message: expect.stringContaining('needs the environment variable ACME_DOMAIN, which is not set'),
      },
    ])
  })

  it('are reported when they are empty', async () => {
    expect(await problemsOf({ environment: { ...environment, ACME_DOMAIN: ' ' } })).toMatchObject([
      { message: expect.stringContaining('set but empty') },
    ])
  })

  it('are reported in routes, where the URL is not judged as well', async () => {
    const routes = routesWith({ options: { rewritePattern: '${env.UPSTREAM_MCP_URL}' } })
    expect(await problemsOf({ routes })).toMatchObject([
      { file: 'config/routes.oas.json', message: expect.stringContaining('UPSTREAM_MCP_URL') },
    ])
  })

  it('keep other options of the same policy under judgement', async () => {
    const options = {
      acmeDomain: '$env(NOT_SET)',
      clientId: 'c',
      clientSecret: '$env(ACME_CLIENT_SECRET)',
      clientid: 'c',
    }
    const problems = await problemsOf({ policies: signInPolicy({ handler: { options } }) })
    expect(problems.map(({ path }) => path)).toEqual([
      'handler.options.acmeDomain',
      'handler.options.clientid',
    ])
  })

  it('never show their value in a message', async () => {
    const problems = await problemsOf({
      environment: {
        ...environment,
        ACME_DOMAIN: 'not a domain',
        ACME_CLIENT_SECRET: ' wJ8vT2nQx5LrB7kYp3ZsHd9M',
      },
    })
    expect(problems.length).toBeGreaterThan(1)
    expect(JSON.stringify(problems)).not.toContain('wJ8vT2nQx5LrB7kYp3ZsHd9M')
  })
})

describe('mistakes in the routes file', () => {
  const operation = 'paths["/mcp/linear-v1"]["get,post"]'
  const route = `${operation}.x-portico-route`
  const twoRoutes = (second: Parameters<typeof routesWith>[0]) => {
    const other = { path: '/mcp/notes', operation: { operationId: 'notes' }, ...second }
    return { ...routesWith(), paths: { ...routesWith().paths, ...routesWith(other).paths } }
  }

  it.each<[string, unknown, string, string]>([
    ['no paths', { openapi: '3.1.0' }, 'paths', 'at least one MCP route'],
    [
      'R018 two operations',
      { paths: { '/mcp/a': { get: {}, post: {} } } },
      'paths["/mcp/a"]',
      'exactly one operation',
    ],
    ['R018 no post', routesWith({ methods: 'get' }), 'paths["/mcp/linear-v1"].get', 'must include "post"'],
    [
      'R018 upper case',
      routesWith({ methods: 'GET,POST' }),
      'paths["/mcp/linear-v1"]["GET,POST"]',
      'lower case',
    ],
    [
      'no extension',
      { paths: { '/mcp/linear-v1': { 'get,post': { operationId: 'x' } } } },
      operation,
      'has no "x-portico-route"',
    ],
    [
      'both extensions',
      routesWith({ operation: { 'x-zuplo-route': {} } }),
      `${operation}.x-zuplo-route`,
      'keep one of the two',
    ],
    [
      'R017 no operationId',
      routesWith({ operation: { operationId: undefined } }),
      `${operation}.operationId`,
      'is missing',
    ],
    [
      'R017 a repeated operationId',
      twoRoutes({ operation: { operationId: 'linear-mcp-server' } }),
      'paths["/mcp/notes"]["get,post"].operationId',
      'taken by /mcp/linear-v1',
    ],
    [
      'an operationId of two words',
      routesWith({ operation: { operationId: 'a b' } }),
      `${operation}.operationId`,
      'one word',
    ],
    ['a missing handler', routesWith({ route: { handler: undefined } }), `${route}.handler`, 'is missing'],
    [
      'a module that is no proxy',
      routesWith({ handler: { module: '$import(./modules/own)' } }),
      `${route}.handler.module`,
      'must be "$import(@portico/mcp)"',
    ],
    [
      'a handler that is no proxy',
      routesWith({ handler: { export: 'urlRewriteHandler' } }),
      `${route}.handler.export`,
      'must be "McpProxyHandler"',
    ],
    [
      'R122 no upstream',
      routesWith({ options: { rewritePattern: undefined } }),
      `${route}.handler.options.rewritePattern`,
      'is missing',
    ],
    [
      'R122 a relative upstream',
      routesWith({ options: { rewritePattern: '/mcp' } }),
      `${route}.handler.options.rewritePattern`,
      'must be a complete URL',
    ],
    [
      'R122 an upstream of another scheme',
      routesWith({ options: { rewritePattern: 'ftp://a.example/' } }),
      `${route}.handler.options.rewritePattern`,
      'must be an https or http URL',
    ],
    [
      'R122 an upstream that depends on the request',
      routesWith({ options: { rewritePattern: 'https://a.example/${params.x}' } }),
      `${route}.handler.options.rewritePattern`,
      'remove "${params.x}"',
    ],
    [
      'an upstream with a password',
      routesWith({ options: { rewritePattern: 'https://u:p@a.example/' } }),
      `${route}.handler.options.rewritePattern`,
      'must not carry',
    ],
    [
      'an era that is none',
      routesWith({ options: { era: '2025' } }),
      `${route}.handler.options.era`,
      'must be "auto", "modern", "legacy" or "both"',
    ],
    [
      'R123 forwardSearch as text',
      routesWith({ options: { forwardSearch: 'yes' } }),
      `${route}.handler.options.forwardSearch`,
      'must be true or false',
    ],
    [
      'R124 followRedirects',
      routesWith({ options: { followRedirects: true } }),
      `${route}.handler.options.followRedirects`,
      'cannot be true',
    ],
    [
      'R125 a client certificate',
      routesWith({ options: { mtlsCertificate: 'c' } }),
      `${route}.handler.options.mtlsCertificate`,
      'an egress proxy that presents the certificate',
    ],
    [
      'a misspelled option',
      routesWith({ options: { forwardsearch: true } }),
      `${route}.handler.options.forwardsearch`,
      'is not a known member',
    ],
    [
      'outbound policies',
      routesWith({ route: { policies: { inbound: ['staff'], outbound: ['x'] } } }),
      `${route}.policies.outbound`,
      'is not supported',
    ],
    ['no policies', routesWith({ route: { policies: undefined } }), `${route}.policies`, 'is missing'],
    [
      'no sign-in policy',
      routesWith({ route: { policies: { inbound: [] } } }),
      `${route}.policies.inbound`,
      'attaches no sign-in policy',
    ],
    [
      'a policy that is not declared',
      routesWith({ route: { policies: { inbound: ['stuff'] } } }),
      `${route}.policies.inbound[0]`,
      'did you mean "staff"',
    ],
    [
      'a policy attached twice',
      routesWith({ route: { policies: { inbound: ['staff', 'staff'] } } }),
      `${route}.policies.inbound[1]`,
      'twice',
    ],
    ['a path with a slash at the end', routesWith({ path: '/mcp/a/' }), 'paths["/mcp/a/"]', 'Use "/mcp/a"'],
    [
      'R194 a path with parameters',
      routesWith({ path: '/mcp/{tenant}' }),
      'paths["/mcp/{tenant}"]',
      'must be a fixed path',
    ],
    [
      'a path of the gateway itself',
      routesWith({ path: '/oauth/x' }),
      'paths["/oauth/x"]',
      `gateway's own pages`,
    ],
  ])('refuses %s', async (_mistake, routes, path, message) => {
    const problems = await problemsOf({ routes })
    expect(problems).toEqual([
      expect.objectContaining({
        file: 'config/routes.oas.json',
        path,
        message: expect.stringContaining(message),
      }),
    ])
  })

  it('R017 refuses a path that stands there twice, which JSON alone would merge', async () => {
    const text = JSON.stringify(routesWith())
    const entry = text.slice(text.indexOf('"/mcp/linear-v1"'), -2)
    const problems = await problemsOf({ routes: text.replace(entry, `${entry},${entry}`) })
    expect(problems).toMatchObject([
      { path: 'paths["/mcp/linear-v1"]', message: expect.stringContaining('twice') },
    ])
  })

  const key = headers('key', { headers: [{ name: 'Authorization', value: 'k' }] })
  const strip = headers('strip', { headers: ['authorization'] }, 'remove-headers-inbound')
  const exchange = (name: string) => headers(name, {}, 'mcp-token-exchange-inbound')
  const filter = headers('filter', {}, 'mcp-capability-filter-inbound')

  it.each<[string, readonly string[], number, string]>([
    ['a sign-in policy after another', ['key', 'staff'], 1, 'sign-in policies stand first'],
    ['R157 a removal after what it removes', ['staff', 'key', 'strip'], 2, 'put the removal first'],
    ['R016 a second token exchange', ['staff', 'linear', 'stripe'], 2, 'the second token exchange'],
    [
      'a token exchange after the filter',
      ['staff', 'filter', 'linear'],
      2,
      'must come before the capability filter',
    ],
    ['a static credential beside a token exchange', ['staff', 'linear', 'key'], 2, 'remove one of the two'],
  ])('R023 refuses %s', async (_mistake, inbound, index, message) => {
    const problems = await problemsOf({
      policies: [signInPolicy(), key, strip, exchange('linear'), exchange('stripe'), filter],
      routes: routesWith({ route: { policies: { inbound } } }),
    })
    expect(problems.filter(({ file }) => file.includes('routes'))).toMatchObject([
      { path: `${route}.policies.inbound[${index}]`, message: expect.stringContaining(message) },
    ])
  })

  it.each([
    ['a line break', 'k\r\nX-Other: v', 'without line breaks'],
    ['white space around it', ' k', 'white space'],
    ['nothing in it', '', 'must not be empty'],
  ])('refuses a header value with %s', async (_mistake, value, message) => {
    expect(await problemsOf(withHeaders({ headers: [{ name: 'X-Key', value }] }))).toMatchObject([
      { message: expect.stringContaining(message) },
    ])
  })

  it.each(['Host', 'Mcp-Session-Id', 'Content-Length', 'a b'])('refuses the header %s', async (name) => {
    const problems = await problemsOf(withHeaders({ headers: [{ name, value: 'v' }] }))
    expect(problems).toMatchObject([{ message: expect.stringContaining(`"${name}"`) }])
  })
})

describe('problems', () => {
  it('unlike R022 come all at once, in the order of the files, with line and column', async () => {
    const policies =
      '[\n  {\n    "name": "staff",\n    "policyType": "mcp-acmee-oauth-inbound",\n    "handler": {}\n  }\n]'
    const routes = '{ "paths": {\n  "/mcp/a/": { "post": {} }\n} }'
    const problems = await problemsOf({ policies, routes })
    expect(problems.map(({ file, line, path }) => `${file}:${line} ${path}`)).toEqual([
      'config/policies.json:5 [0].handler.module',
      'config/policies.json:5 [0].handler.export',
      'config/routes.oas.json:2 paths["/mcp/a/"].post',
    ])
  })

  it.each([
    ['{ "policies": [ }', 1],
    ['{\n  "policies": [],\n  "x" 1\n}', 3],
    ['', 1],
  ])('name the line of a mistake in the notation of %j', async (policies, line) => {
    const problems = await problemsOf({ policies })
    expect(problems[0]).toMatchObject({ line, message: expect.stringContaining('is not valid JSON') })
  })
})
