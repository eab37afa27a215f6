import { describe, expect, it } from 'vitest'

import { publicUrl, testServer } from './test-server.ts'

const get = async (path: string) =>
  (await testServer().request(path)).json() as Promise<Record<string, unknown>>

describe('authorization server metadata', () => {
  it('AS-01 AS-02 publishes each issuer at its path-inserted place, byte-identical to the PRM', async () => {
    expect(await get('/.well-known/oauth-authorization-server')).toMatchObject({ issuer: publicUrl })
    const route = await get('/.well-known/oauth-authorization-server/mcp/demo')
    const resource = await get('/.well-known/oauth-protected-resource/mcp/demo')
    expect(route.issuer).toBe(`${publicUrl}/mcp/demo`)
    expect(resource.authorization_servers).toEqual([route.issuer])
    expect(route.authorization_endpoint).toBe(`${publicUrl}/oauth/authorize/mcp/demo`)
  })

  it('AS-04 AS-05 AS-09 AS-10 AS-16 lists what clients look for', async () => {
    expect(await get('/.well-known/oauth-authorization-server/mcp/notes')).toMatchObject({
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: ['mcp:tools', 'notes:write', 'offline_access'],
      protected_resources: [`${publicUrl}/mcp/notes`],
    })
  })

  it('serves the path-appended form for clients that look there, equal to the inserted one', async () => {
    const appended = await get('/mcp/demo/.well-known/oauth-authorization-server')
    expect(appended).toEqual(await get('/.well-known/oauth-authorization-server/mcp/demo'))
  })

  it.each([
    '/.well-known/oauth-authorization-server/mcp/unknown',
    '/.well-known/oauth-protected-resource',
    '/.well-known/openid-configuration',
    '/.well-known/openid-configuration/mcp/demo',
    '/mcp/demo/.well-known/openid-configuration',
    '/.well-known/anything',
  ])('AS-12 AS-13 answers %s with 404', async (path) => {
    const response = await testServer().request(path)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/json')
  })

  it('AS-03 builds no URL from the request', async () => {
    const server = testServer()
    const response = await server.fetch(
      new Request('http://evil.example/.well-known/oauth-authorization-server', {
        headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
      }),
    )
    expect(await response.text()).not.toContain('evil.example')
  })
})

describe('protected resource metadata', () => {
  it('RS-03 RS-04 SCOPE-02 SCOPE-09 names the URL users enter, its own issuer alone and the basic scopes', async () => {
    expect(await get('/.well-known/oauth-protected-resource/mcp/notes')).toEqual({
      resource: `${publicUrl}/mcp/notes`,
      authorization_servers: [`${publicUrl}/mcp/notes`],
      scopes_supported: ['mcp:tools'],
      bearer_methods_supported: ['header'],
      resource_name: 'Notes',
    })
  })
})

describe('public documents', () => {
  it.each([
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-protected-resource/mcp/demo',
    '/.well-known/jwks.json',
  ])(
    'AS-07 AS-17 AS-72 serves %s as JSON for any origin, cached for minutes, revalidated by ETag',
    async (path) => {
      const server = testServer()
      const response = await server.request(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
      expect(response.headers.get('cache-control')).toBe('public, max-age=300')
      const etag = response.headers.get('etag') ?? ''
      const again = await server.request(path, { headers: { 'if-none-match': etag } })
      expect(again.status).toBe(304)
      expect((await server.request(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    },
  )

  it('AS-72 answers a preflight, and refuses a method that is not there', async () => {
    const server = testServer()
    const path = '/.well-known/oauth-authorization-server'
    const preflight = await server.request(path, { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    const refused = await server.request(path, { method: 'DELETE' })
    expect(refused.status).toBe(405)
    expect(refused.headers.get('allow')).toBe('GET')
    expect((await server.request(path, { method: 'HEAD' })).status).toBe(200)
  })
})
