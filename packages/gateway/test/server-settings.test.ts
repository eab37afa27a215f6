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

  it('goes before what the policies say about the gateway, and leaves the rest of it', async () => {
    const policy = (name: string, providerId: string) =>
      signInPolicy({
        name,
        handler: {
          options: {
            acmeDomain: 'acme.example',
            clientId: 'gateway',
            clientSecret: '$env(ACME_CLIENT_SECRET)',
            providerId,
            gateway: { accessTokenTtlSeconds: 600, refreshTokenTtlSeconds: 86_400 },
          },
        },
      })
    const { config } = await parse(
      withServer({ accessToken: { format: 'opaque', ttlSeconds: 300 } }, [
        policy('staff', 'staff'),
        policy('guests', 'guests'),
      ]),
    )
    expect(config.accessToken).toEqual({ format: 'opaque', ttlSeconds: 300 })
    expect(config.refreshToken).toEqual({ absoluteTtlSeconds: 86_400 })
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
