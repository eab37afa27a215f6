import { describe, expect, it, vi } from 'vitest'

import {
  type AccessToken,
  createResourceServer,
  hasScopes,
  type ResourceServerOptions,
  toResponse,
} from '../src/index.ts'

const token: AccessToken = {
  subject: 'ada',
  clientId: 'inspector',
  scopes: ['mcp:tools'],
  expiresAt: 2_000_000_000,
}
const resource = 'https://gateway.example.com/mcp/demo'

function start(options: Partial<ResourceServerOptions> = {}) {
  const handle = vi.fn<(request: Request, token: AccessToken) => Response>(() => Response.json({ ok: true }))
  const verify = vi.fn(async (text: string, asked: string) =>
    text === 'good' && asked === (options.resource ?? resource) ? token : undefined,
  )
  const server = createResourceServer({
    resource,
    authorizationServer: 'https://gateway.example.com',
    scopes: ['mcp:tools', 'mcp:resources'],
    name: 'Demo',
    verify,
    ...options,
  })
  const call = (
    headers: Record<string, string> = {},
    init: RequestInit = {},
    url = options.resource ?? resource,
  ) => server.protect(handle)(new Request(url, { method: 'POST', ...init, headers }))
  return { server, call, handle, verify }
}

const bearer = (value: string) => ({ authorization: `Bearer ${value}` })

describe('metadata', () => {
  it('RS-01, RS-03, RS-04, RS-05 names resource, one authorization server, scopes and the header method', async () => {
    const response = start().server.metadata()
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toEqual({
      resource,
      authorization_servers: ['https://gateway.example.com'],
      scopes_supported: ['mcp:tools', 'mcp:resources'],
      bearer_methods_supported: ['header'],
      resource_name: 'Demo',
    })
  })

  it('RS-02 is at the path-inserted place, and at the root for a resource at the root', async () => {
    const { server, call } = start()
    expect(server.metadataUrl).toBe(
      'https://gateway.example.com/.well-known/oauth-protected-resource/mcp/demo',
    )
    const root = start({ resource: 'https://gateway.example.com' })
    expect(root.server.metadataPath).toBe('/.well-known/oauth-protected-resource')
    for (const url of [server.metadataUrl, `${server.metadataUrl}/`]) {
      expect(await (await call({}, { method: 'GET' }, url)).json()).toMatchObject({ resource })
    }
  })

  it('AS-02 names the issuer byte for byte, with the slash that is part of some', async () => {
    for (const authorizationServer of ['https://acme.us.auth0.com/', 'https://login.example.com/tenant']) {
      const document = await start({ authorizationServer }).server.metadata().json()
      expect(document).toMatchObject({ authorization_servers: [authorizationServer] })
    }
  })

  it('AS-07 leaves out what would be empty', async () => {
    const response = start({ scopes: [], name: undefined }).server.metadata()
    expect(Object.keys((await response.json()) as object)).toEqual([
      'resource',
      'authorization_servers',
      'bearer_methods_supported',
    ])
  })

  it.each([
    [{ resource: 'https://gateway.example.com/mcp/' }, 'Use "https://gateway.example.com/mcp"'],
    [{ resource: 'https://gateway.example.com/' }, 'Use "https://gateway.example.com"'],
    [{ resource: 'https://GATEWAY.example.com/mcp' }, 'Use "https://gateway.example.com/mcp"'],
    [{ resource: 'https://gateway.example.com/mcp?a=b' }, 'Use "https://gateway.example.com/mcp"'],
    [{ resource: 'http://gateway.example.com/mcp' }, 'resource must be https'],
    [{ resource: '/mcp' }, 'resource must be an absolute URL'],
    [{ authorizationServer: 'http://login.example.com' }, 'authorizationServer must be https'],
    [{ authorizationServer: 'login.example.com' }, 'authorizationServer must be an absolute URL'],
    [{ authorizationServer: 'https://login.example.com/?a=b' }, 'authorizationServer must have no user'],
    [{ authorizationServer: 'https://me@login.example.com/' }, 'authorizationServer must have no user'],
    [{ scopes: ['mcp:tools', 'offline_access'] }, 'remove "offline_access"'],
    [{ scopes: ['mcp tools'] }, 'without spaces'],
    [{ allowedOrigins: ['https://app.example.com/'] }, 'allowedOrigins'],
  ])('refuses %o at start', (options, message) => {
    expect(() => start(options)).toThrow(message)
  })
})

describe('authentication', () => {
  it('RS-06, RS-17, SCOPE-01 answers a request without a token by 401 as JSON, and a challenge without an error that names the usual scopes', async () => {
    const { call, handle } = start()
    const response = await call()
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer resource_metadata="https://gateway.example.com/.well-known/oauth-protected-resource/mcp/demo", scope="mcp:tools mcp:resources"',
    )
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(handle).not.toHaveBeenCalled()
  })

  it('RS-07, RS-08 answers a bad token by 401 invalid_token, with every value quoted', async () => {
    const response = await start().call(bearer('bad'))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer error="invalid_token", error_description="[^"\\=]+", resource_metadata="https:[^"]+", scope="[^"]+"$/,
    )
  })

  it('lets a good token through, in any spelling of the scheme', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const { call, handle } = start()
      expect((await call({ authorization: `${scheme} good` })).status).toBe(200)
      expect(handle.mock.calls[0]?.[1]).toEqual(token)
    }
  })

  it.each(['Bearer', 'Bearer ', 'Bearer a b', 'Bearer "good"', 'Bearer good\u00e9'])(
    'COMPAT-14, RS-07 answers the malformed %j by 401, not 400',
    async (authorization) => {
      const { call, verify } = start()
      const response = await call({ authorization })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
      expect(verify).not.toHaveBeenCalled()
    },
  )

  it.each(['Basic Z29vZDo=', 'DPoP good', 'good', ''])(
    'takes %j for a request without a bearer token',
    async (authorization) => {
      const response = await start().call({ authorization })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).not.toContain('error=')
    },
  )

  it('RS-10, D03 ignores a token in the query, the body or a cookie', async () => {
    const { call, verify } = start()
    const response = await call(
      { cookie: 'access_token=good', 'content-type': 'application/x-www-form-urlencoded' },
      { body: 'access_token=good' },
      `${resource}?access_token=good`,
    )
    expect(response.status).toBe(401)
    expect(verify).not.toHaveBeenCalled()
  })

  it.each([
    ['two headers', 'Bearer good, Bearer good', resource],
    ['two schemes', 'Basic Z29vZDo=, Bearer good', resource],
    ['header and query', 'Bearer good', `${resource}?a=b&access_token=good`],
  ])('RS-10 answers %s at once by 400 invalid_request', async (_name, authorization, url) => {
    const { call, verify } = start()
    const response = await call({ authorization }, {}, url)
    expect(response.status).toBe(400)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_request"')
    expect(verify).not.toHaveBeenCalled()
  })

  it.each(['GET', 'POST', 'DELETE', 'HEAD', 'PUT'])('RS-11, RS-16 wants a token for %s', async (method) => {
    expect((await start().call({}, { method })).status).toBe(401)
    expect((await start().call(bearer('good'), { method })).status).toBe(200)
  })

  it('J01 answers 503 with Retry-After, and never lets through, when it cannot tell', async () => {
    const trouble = new Error('storage is away')
    const onError = vi.fn()
    const { call, handle } = start({ verify: () => Promise.reject(trouble), onError })
    const response = await call(bearer('good'))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.text()).not.toContain('storage')
    expect(onError).toHaveBeenCalledWith(trouble, undefined)
    expect(handle).not.toHaveBeenCalled()
  })

  it('SEC-16 answers 429 with Retry-After to who presented too many tokens that are none', async () => {
    const onError = vi.fn()
    const seen: unknown[] = []
    const refusal = Object.assign(new Error('Too many requests.'), { retryAfterSeconds: 50 })
    const { server } = start({
      verify: (_text, _resource, _proof, from) => {
        seen.push(from?.clientAddress)
        return Promise.reject(refusal)
      },
      onError,
    })
    const guarded = server.protect(() => new Response('let through'))
    const headers = { ...bearer('guess'), origin: 'https://gateway.example.com' }
    const response = await guarded(
      new Request(resource, { method: 'POST', headers }),
      'request-1',
      '192.0.2.7',
    )
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('50')
    expect(response.headers.has('www-authenticate')).toBe(false)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://gateway.example.com')
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
    expect(seen).toEqual(['192.0.2.7'])
    expect(onError).not.toHaveBeenCalled()
  })

  it('SCOPE-05, SCOPE-07 names everything an operation needs, and only that, when the scope does not do', () => {
    const response = toResponse(start().server.insufficientScope(['mcp:tools', 'mcp:admin']))
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", error_description="the token does not cover this operation", resource_metadata="https://gateway.example.com/.well-known/oauth-protected-resource/mcp/demo", scope="mcp:tools mcp:admin"',
    )
  })

  it('SCOPE-06 lets a broader scope stand for what it includes, and not the other way round', () => {
    const hierarchy = new Map([
      ['admin', ['write']],
      ['write', ['read']],
    ])
    expect(hasScopes({ ...token, scopes: ['admin'] }, ['read', 'write'], hierarchy)).toBe(true)
    expect(hasScopes({ ...token, scopes: ['read'] }, ['write'], hierarchy)).toBe(false)
    expect(hasScopes({ ...token, scopes: ['admin'] }, ['read'])).toBe(false)
  })
})

describe('browsers', () => {
  it.each([
    'https://gateway.example.com',
    'http://localhost:6274',
    'http://127.0.0.1:6274',
    'https://app.example.com',
  ])('TR-03 serves the origin %s and lets it read the answer', async (origin) => {
    const { call } = start({ allowedOrigins: ['https://app.example.com'] })
    const response = await call({ origin, ...bearer('good') })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-expose-headers')).toContain('Mcp-Session-Id')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it.each([
    'https://evil.example',
    'null',
    'https://localhost.evil.example',
    'http://localhost:6274/',
    'https://gateway.example.com:8443',
  ])('TR-03, H04 refuses the origin %s before it looks at the token', async (origin) => {
    const { call, verify } = start({ allowedOrigins: ['https://app.example.com'] })
    const response = await call({ origin, ...bearer('good') })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(verify).not.toHaveBeenCalled()
  })

  it('serves any origin when the operator says so', async () => {
    const response = await start({ allowedOrigins: 'any' }).call({
      origin: 'https://evil.example',
      ...bearer('good'),
    })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://evil.example')
  })

  it('RS-15 lets a browser read the challenge', async () => {
    const response = await start().call({ origin: 'http://localhost:6274' })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:6274')
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
  })

  it.each([
    ['one of its own', () => new Response('{}', { status: 202, headers: { vary: 'accept' } })],
    // Its headers cannot be changed, like those of an answer that came from `fetch`.
    ['one that refuses headers', () => Response.redirect('https://app.example.com/', 302)],
  ])('RS-15 lets a browser read an answer, also %s', async (_name, answer) => {
    const { server } = start({ allowedOrigins: ['https://app.example.com'] })
    const headers = { ...bearer('good'), origin: 'https://app.example.com' }
    const response = await server.protect(answer)(new Request(resource, { method: 'POST', headers }))
    expect(response.status).toBe(answer().status)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(response.headers.get('vary')).toMatch(/origin$/)
  })

  it('RS-15 answers a preflight without a token, for the headers of MCP and no others', async () => {
    const { call, handle } = start()
    const response = await call(
      {
        origin: 'http://localhost:6274',
        'access-control-request-method': 'POST',
        'access-control-request-headers':
          'authorization,content-type,mcp-protocol-version,mcp-param-region,x-evil',
      },
      { method: 'OPTIONS' },
    )
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, mcp-protocol-version, mcp-param-region',
    )
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(handle).not.toHaveBeenCalled()
  })

  it('RS-15 answers a preflight of the metadata', async () => {
    const { call, server } = start()
    const response = await call(
      { origin: 'https://anywhere.example' },
      { method: 'OPTIONS' },
      server.metadataUrl,
    )
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('TR-03, H04 refuses a foreign Host where the endpoint is on loopback, and only there', async () => {
    const local = { resource: 'http://localhost:9000/mcp/demo' }
    for (const host of ['localhost:9000', '127.0.0.1:9000', '[::1]:9000']) {
      expect((await start(local).call({ host, ...bearer('good') })).status).toBe(200)
    }
    for (const host of ['evil.example.com', 'localhost.evil.example:9000', '10.0.0.1']) {
      expect((await start(local).call({ host, ...bearer('good') })).status).toBe(403)
    }
    expect((await start().call({ host: 'inner-host:8080', ...bearer('good') })).status).toBe(200)
  })

  it('takes the host from the URL where a request has no Host header', async () => {
    const { call } = start({ resource: 'http://localhost:9000/mcp/demo' })
    expect((await call(bearer('good'))).status).toBe(200)
    expect((await call(bearer('good'), {}, 'http://evil.example/mcp/demo')).status).toBe(403)
  })
})
