import { memoryStorage, type Storage, StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import type { AuthorizationServerOptions } from '../../src/options.ts'
import { publicUrl, testServer } from '../test-server.ts'
import { formBody, redirectUri, registerClient } from '../token-client.ts'

const address = '192.0.2.7'

function limitedServer(options: Partial<AuthorizationServerOptions> = {}) {
  const server = testServer({ rateLimits: { registration: 2, token: 3, failures: 2, client: 2 }, ...options })
  const from = (path: string, init?: RequestInit, clientAddress: string | undefined = address) =>
    Promise.resolve(server.fetch(new Request(publicUrl + path, init), { clientAddress }))
  const register = (clientAddress?: string) =>
    from(
      '/oauth/register',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }),
      },
      clientAddress,
    )
  const token = (form: Record<string, string>, clientAddress?: string) =>
    from('/oauth/token', { method: 'POST', body: formBody(form) }, clientAddress)
  return { ...server, from, register, token }
}

describe('limits by address', () => {
  it('SEC-16 answers one request too many with 429 and Retry-After, until the minute is over', async () => {
    const server = limitedServer()
    server.clock.seconds = 1_800_000_010
    expect((await server.register()).status).toBe(201)
    expect((await server.register()).status).toBe(201)
    const refused = await server.register()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('50')
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(await refused.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'Too many requests. Try again in 50 seconds.',
      request_id: refused.headers.get('x-request-id'),
    })
    server.clock.seconds += 50
    expect((await server.register()).status).toBe(201)
  })

  it('SEC-16 counts every address and every endpoint for itself, an IPv6 address by its network', async () => {
    const server = limitedServer()
    const exhaust = async (clientAddress: string) => {
      await server.register(clientAddress)
      await server.register(clientAddress)
      return (await server.register(clientAddress)).status
    }
    expect(await exhaust('192.0.2.7')).toBe(429)
    expect((await server.register('192.0.2.8')).status).toBe(201)
    expect((await server.register('::ffff:192.0.2.7')).status).toBe(429)
    expect(await exhaust('2001:db8::1')).toBe(429)
    expect((await server.register('2001:db8:0:0:ffff::9')).status).toBe(429)
    expect((await server.register('2001:db8:0:1::1')).status).toBe(201)
    expect((await server.token({ grant_type: 'x' })).status).toBe(400)
  })

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', undefined])(
    'does not count %s: this machine, or nobody knows',
    async (clientAddress) => {
      const server = limitedServer()
      for (let count = 0; count < 5; count += 1) {
        const response = await server.fetch(
          new Request(`${publicUrl}/oauth/token`, { method: 'POST', body: formBody({ grant_type: 'x' }) }),
          { clientAddress },
        )
        expect(response.status).toBe(400)
      }
    },
  )

  it('SEC-12 takes no address from the request', async () => {
    const server = limitedServer()
    const headers = { 'x-forwarded-for': '192.0.2.99', forwarded: 'for=192.0.2.99' }
    const post = () =>
      server.from('/oauth/token', { method: 'POST', headers, body: formBody({ grant_type: 'x' }) })
    for (let count = 0; count < 3; count += 1) expect((await post()).status).toBe(400)
    expect((await post()).status).toBe(429)
  })

  it('counts over all nodes, and each of many requests at once exactly once', async () => {
    const storage = memoryStorage({ now: () => 1_800_000_000 })
    const limits = { rateLimits: { token: 30 }, storage } as const
    const [one, two] = [limitedServer(limits), limitedServer(limits)]
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? one : two).token({ grant_type: 'x' })),
    )
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(30)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10)
  })

  it('writes nothing for whoever goes on after the limit, and says it once', async () => {
    let writes = 0
    const inner = memoryStorage({ now: () => 1_800_000_000 })
    const storage: Storage = {
      ...inner,
      set: (...given) => {
        writes += 1
        return inner.set(...given)
      },
    }
    const server = limitedServer({ storage })
    for (let count = 0; count < 4; count += 1) await server.token({ grant_type: 'x' })
    const before = writes
    for (let count = 0; count < 5; count += 1) {
      expect((await server.token({ grant_type: 'x' })).status).toBe(429)
    }
    expect(writes).toBe(before)
    expect(server.events.filter(({ name }) => name === 'rate_limit.exceeded')).toEqual([
      {
        name: 'rate_limit.exceeded',
        outcome: 'denied',
        reason: 'token',
        requestId: expect.stringMatching(/^[\da-f]{32}$/),
        detail: { source: `address ${address}` },
      },
    ])
  })

  it('fails closed where nobody can count', async () => {
    const inner = memoryStorage({ now: () => 1_800_000_000 })
    const away = () => Promise.reject(new StorageUnavailableError('away'))
    const server = limitedServer({ storage: { ...inner, get: away, set: away } })
    const response = await server.token({ grant_type: 'x' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  })
})

describe('wrong guesses', () => {
  it('AS-71 ends the attempts of an address that presents what does not exist, right ones included', async () => {
    const server = limitedServer({ rateLimits: { failures: 2 } })
    const { client_id } = await registerClient(server)
    const guess = (code: string, clientAddress?: string) =>
      server.token(
        { grant_type: 'authorization_code', client_id, code, code_verifier: 'v'.repeat(43) },
        clientAddress,
      )
    expect((await guess('a')).status).toBe(400)
    expect((await guess('b')).status).toBe(400)
    expect((await guess('c')).status).toBe(429)
    expect((await server.from('/oauth/setup?transaction=x')).status).toBe(429)
    expect((await guess('d', '192.0.2.8')).status).toBe(400)
  })

  it('AS-71 counts them over all nodes', async () => {
    const storage = memoryStorage({ now: () => 1_800_000_000 })
    const limits = { rateLimits: { failures: 2 }, storage } as const
    const [one, two] = [limitedServer(limits), limitedServer(limits)]
    const form = { grant_type: 'refresh_token', client_id: 'nobody', refresh_token: 'x' }
    expect((await one.token(form)).status).toBe(401)
    expect((await one.token(form)).status).toBe(401)
    expect((await two.token(form)).status).toBe(429)
  })

  it('shows a page where a browser guesses handles, and says when to come back', async () => {
    const server = limitedServer()
    for (let count = 0; count < 2; count += 1) {
      expect((await server.from(`/oauth/setup?transaction=${count}`)).status).toBe(400)
    }
    const refused = await server.from('/oauth/setup?transaction=2')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(refused.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await refused.text()).toContain('Too many attempts')
  })
})

describe('limits by client', () => {
  const secret = 'a-long-enough-secret-of-forty-characters'
  const clients = [
    {
      clientId: 'job',
      name: 'Job',
      clientSecret: secret,
      authMethod: 'client_secret_post' as const,
      grantTypes: ['client_credentials' as const],
      resources: ['/mcp/demo'],
    },
  ]

  it('SEC-16 counts what a client that proves itself asks for, from wherever it comes', async () => {
    const server = limitedServer({ clients })
    const ask = (clientAddress: string, client_secret = secret) =>
      server.token({ grant_type: 'client_credentials', client_id: 'job', client_secret }, clientAddress)
    // Somebody else's wrong secrets use up nothing of it.
    expect((await ask('192.0.2.1', 'wrong')).status).toBe(401)
    expect((await ask('192.0.2.2')).status).toBe(200)
    expect((await ask('192.0.2.3')).status).toBe(200)
    expect((await ask('192.0.2.4')).status).toBe(429)
  })
})

describe('the option rateLimits', () => {
  it('has defaults that two hundred sign-ins from one office do not meet', async () => {
    const { context } = testServer()
    expect(context.settings.rateLimits).toEqual({
      registration: 120,
      authorization: 300,
      token: 1200,
      device: 120,
      failures: 120,
      unknownTokens: 600,
      client: 6000,
      userCodes: 10,
    })
  })

  it('is off in development unless it is written down, and off where it is false', async () => {
    const development = { development: true, publicUrl: 'http://localhost:9000' }
    expect(testServer(development).context.settings.rateLimits).toBeUndefined()
    expect(testServer({ ...development, rateLimits: {} }).context.settings.rateLimits?.token).toBe(1200)
    expect(testServer({ rateLimits: false }).context.settings.rateLimits).toBeUndefined()
    expect(testServer({ rateLimits: { token: false } }).context.settings.rateLimits?.token).toBeUndefined()
  })

  it.each([{ token: 0 }, { tokens: 5 }, { token: 1.5 }])('refuses %o', (rateLimits) => {
    expect(() => testServer({ rateLimits })).toThrow(/rateLimits/)
  })
})
