import { describe, expect, it } from 'vitest'

import { environment, parse, problemsOf, signInPolicy } from './config-files.ts'

const withServer = (authorizationServer: unknown, policies = [signInPolicy()]) => ({
  policies: { policies, authorizationServer },
})

describe('authorizationServer in the policies file', () => {
  it('sets options of the authorization server, variables included', async () => {
    const { config } = await parse({
      ...withServer({
        backChannelLogout: 'grants',
        deviceAuthorization: true,
        rateLimits: { token: 600 },
        clients: [{ clientId: 'job', name: 'Job', clientSecret: '$env(JOB_SECRET)' }],
      }),
      environment: { ...environment, JOB_SECRET: 'a-long-enough-secret-of-forty-characters' },
    })
    expect(config).toMatchObject({
      backChannelLogout: 'grants',
      deviceAuthorization: true,
      rateLimits: { token: 600 },
      clients: [{ clientId: 'job', clientSecret: 'a-long-enough-secret-of-forty-characters' }],
    })
  })

  it.each<[string, unknown, string]>([
    ['a name that is nearly one', { rateLimit: {} }, 'Did you mean "rateLimits"?'],
    ['a name of nothing', { nonsenseAltogether: 1 }, 'is not an option of the authorization server'],
    [
      'what only code can say',
      { publicUrl: 'https://x.example' },
      'is not an option of the authorization server',
    ],
    ['a list', [], 'must be an object of options'],
    ['a variable that is not set', { basePath: '$env(NOT_SET)' }, 'needs the environment variable NOT_SET'],
  ])('refuses %s, and says where', async (_, settings, message) => {
    const [problem] = await problemsOf(withServer(settings))
    expect(problem?.message).toContain(message)
    expect(problem?.path).toContain('authorizationServer')
  })
})

describe('a wrong value in authorizationServer', () => {
  it.each<[string, object, string, string]>([
    ['of a wrong type', { sessionTtlSeconds: '10' }, 'sessionTtlSeconds', 'must be a number, not a string.'],
    ['too small', { accessToken: { ttlSeconds: 0 } }, 'accessToken.ttlSeconds', ''],
    ['misspelled', { accessToken: { ttlSecond: 5 } }, 'accessToken.ttlSecond', 'Did you mean "ttlSeconds"?'],
    [
      'in a list',
      { clients: [{ clientId: 'job', name: 'Job', clientSecret: 'short' }] },
      'clients[0].clientSecret',
      'is too short to be random',
    ],
  ])('is named at its place when it is %s', async (_, authorizationServer, path, message) => {
    expect(await problemsOf(withServer(authorizationServer))).toMatchObject([
      {
        file: 'config/policies.json',
        line: expect.any(Number),
        path: `authorizationServer.${path}`,
        message: expect.stringContaining(message),
      },
    ])
  })
})

describe('gateway in the policies file', () => {
  const withGateway = (gateway: unknown) => ({ policies: { policies: [signInPolicy()], gateway } })
  const settings = {
    allowedOrigins: ['https://app.example.com'],
    limits: { requestBytes: 1_048_576, streamsPerSubject: 5 },
    registry: 'off',
    returnOrigins: ['https://app.example.com', 'http://localhost:3000'],
    traces: { retainSeconds: 3600 },
  }

  it('sets options of the gateway itself, by their names in code', async () => {
    const { config } = await parse(withGateway(settings))
    expect(config).toMatchObject(settings)
    const any = { allowedOrigins: 'any', traces: 'off', registry: 'authenticated' }
    expect((await parse(withGateway(any))).config).toMatchObject(any)
  })

  it.each<[string, unknown, string, string]>([
    ['a name that is nearly one', { allowedOrigin: [] }, 'gateway.allowedOrigin', '"allowedOrigins"?'],
    ['a list', [], 'gateway', 'must be an object of options'],
    ['one origin', { allowedOrigins: 'https://a.example' }, 'gateway.allowedOrigins', 'a list of origins'],
    ['a URL', { allowedOrigins: ['https://a.example/'] }, 'gateway.allowedOrigins[0]', 'without a path'],
    ['no bytes', { limits: { requestBytes: 0 } }, 'gateway.limits.requestBytes', 'at least 1'],
    ['an unknown limit', { limits: { bytes: 1 } }, 'gateway.limits.bytes', 'is not a known member'],
    ['plain http', { returnOrigins: ['http://a.example'] }, 'gateway.returnOrigins[0]', 'must be https'],
    ['a half-open registry', { registry: true }, 'gateway.registry', '"public"'],
    [
      'a time in words',
      { traces: { retainSeconds: '1h' } },
      'gateway.traces.retainSeconds',
      'must be a number',
    ],
  ])('refuses %s', async (_, gateway, path, message) => {
    expect(await problemsOf(withGateway(gateway))).toMatchObject([
      { path, message: expect.stringContaining(message) },
    ])
  })

  it.each([
    ['authorisationServer', 'Did you mean "authorizationServer"?'],
    ['routes', 'Use policies, authorizationServer, gateway'],
  ])('refuses "%s" beside the policies, which would be without effect', async (name, message) => {
    expect(await problemsOf({ policies: { policies: [signInPolicy()], [name]: {} } })).toMatchObject([
      { path: name, message: expect.stringContaining(message) },
    ])
    const others = { corsPolicies: [], $schema: './policies.schema.json' }
    await expect(parse({ policies: { policies: [signInPolicy()], ...others } })).resolves.toBeDefined()
  })
})
