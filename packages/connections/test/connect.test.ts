import { describe, expect, it } from 'vitest'

import { bearer, browser, connect, connectionsOver, linear, scriptedUpstream } from './scripted-upstream.ts'

const gateway = 'https://gateway.example.com'

describe('connecting an upstream', () => {
  it('UP-02 finds the authorization server through the resource metadata and keeps the tokens', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    expect(await bearer(connections)).toMatch(/^Bearer access-/)
  })

  it('UP-02 UP-06 asks the upstream for its challenge first: it may name another place, and other scopes', async () => {
    const upstream = scriptedUpstream({ resourceMetadata: { resource: 'https://elsewhere.example.com' } })
    const metadata = `${upstream.origin}/elsewhere/metadata.json`
    upstream.routes['https://mcp.example.com/mcp'] = () =>
      new Response(null, {
        status: 401,
        headers: { 'www-authenticate': `Bearer resource_metadata="${metadata}", scope="notes:read"` },
      })
    upstream.routes[metadata] = () =>
      Response.json({
        resource: 'https://mcp.example.com/mcp',
        authorization_servers: [upstream.issuer],
        scopes_supported: ['everything'],
      })
    const { connections } = connectionsOver(upstream)
    const { searchParams } = await connect(connections, upstream)
    expect(searchParams.get('scope')).toBe('notes:read offline_access')
    // Whoever asks has no credential yet, and begins nothing.
    const asked = upstream.requests.find(({ url }) => url === 'https://mcp.example.com/mcp')
    expect(asked?.headers).not.toHaveProperty('authorization')
  })

  it('UP-02 refuses metadata whose issuer is not the one that was asked for (F10)', async () => {
    const upstream = scriptedUpstream({ metadata: { issuer: 'https://evil.example.com' } })
    const { connections } = connectionsOver(upstream)
    await expect(connect(connections, upstream)).rejects.toMatchObject({ code: 'upstream_issuer_mismatch' })
  })

  it('UP-02 ignores resource metadata of another resource (RFC 9728 §3.3)', async () => {
    const upstream = scriptedUpstream({
      resourceMetadata: {
        resource: 'https://mcp.example.com/other',
        authorization_servers: ['https://evil.example.com'],
      },
    })
    const { connections } = connectionsOver(upstream)
    // Without metadata of its own, the upstream is taken for its own authorization server (2025-03-26).
    await expect(connect(connections, upstream)).rejects.toThrow('https://mcp.example.com/register')
    expect(upstream.requests.filter(({ url }) => url.includes('evil'))).toEqual([])
  })

  it('refuses an authorization server without S256', async () => {
    const upstream = scriptedUpstream({ metadata: { code_challenge_methods_supported: ['plain'] } })
    const { connections } = connectionsOver(upstream)
    await expect(connect(connections, upstream)).rejects.toMatchObject({ code: 'upstream_without_pkce' })
  })

  it('UP-16 refuses an authorization endpoint that is no web address (F11)', async () => {
    const upstream = scriptedUpstream({ metadata: { authorization_endpoint: 'javascript:alert(1)' } })
    const { connections } = connectionsOver(upstream)
    await expect(connect(connections, upstream)).rejects.toMatchObject({ name: 'UpstreamError' })
  })

  it('UP-07 sends PKCE, state, resource, offline_access and a redirect URI of its own for the upstream (UP-17)', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    const { searchParams } = await connections.begin('linear', { ...browser, returnTo: '/' })
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: 'https://mcp.example.com/mcp',
      redirect_uri: `${gateway}/auth/connections/linear/callback`,
      scope: 'read offline_access',
      prompt: 'consent',
    })
  })

  it('R141 asks for the configured scopes rather than for those the upstream names', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream, {
      upstreams: [{ ...linear, scopes: ['issues:read'], scopeDelimiter: ',' }],
    })
    const { searchParams } = await connections.begin('linear', { ...browser, returnTo: '/' })
    expect(searchParams.get('scope')).toBe('issues:read,offline_access')
  })

  it('R143 strips the prompt when the operator says so', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream, { upstreams: [{ ...linear, prompt: false }] })
    const { searchParams } = await connections.begin('linear', { ...browser, returnTo: '/' })
    expect(searchParams.has('prompt')).toBe(false)
  })

  it('UP-19 COMPAT-33 leaves the resource out for Entra and maps it to a scope', async () => {
    const issuer = 'https://login.microsoftonline.com'
    const upstream = scriptedUpstream({
      issuer,
      resourceMetadata: { resource: 'https://mcp.example.com/mcp', authorization_servers: [issuer] },
    })
    const { connections } = connectionsOver(upstream)
    const { searchParams } = await connections.begin('linear', { ...browser, returnTo: '/' })
    expect(searchParams.has('resource')).toBe(false)
    expect(searchParams.get('scope')).toBe('https://mcp.example.com/mcp/.default offline_access')
  })
})

describe('registering at the upstream', () => {
  it('UP-05 uses the metadata document that we host where the server takes them', async () => {
    const upstream = scriptedUpstream({ metadata: { client_id_metadata_document_supported: true } })
    const { connections } = connectionsOver(upstream)
    const { searchParams } = await connect(connections, upstream)
    const clientId = `${gateway}/.well-known/oauth-client/linear`
    expect(searchParams.get('client_id')).toBe(clientId)
    expect(connections.clientDocument('linear')).toMatchObject({
      client_id: clientId,
      redirect_uris: [`${gateway}/auth/connections/linear/callback`],
    })
    expect(upstream.state.registrations).toBe(0)
  })

  it('registers once where documents are not taken, and keeps the registration', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    await connect(connections, upstream, { owner: 'grace', session: 'session-2' })
    expect(upstream.state.registrations).toBe(1)
  })

  it('takes a registration that does not say that its secret never expires', async () => {
    const upstream = scriptedUpstream({
      metadata: { token_endpoint_auth_methods_supported: ['client_secret_basic'] },
    })
    upstream.routes[`${upstream.issuer}/register`] = () =>
      Response.json({ client_id: 'a-client_1', client_secret: 'its-secret~%' }, { status: 201 })
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    const { headers } = upstream.requests.find(({ url }) => url === `${upstream.issuer}/token`) ?? {}
    // What may stay as it is does: many servers undo no encoding (RFC 6749 §2.3.1).
    expect(headers?.['authorization']).toBe(`Basic ${btoa('a-client_1:its-secret%7E%25')}`)
  })

  it('UP-05 registers anew in time before the secret of a registration ends (RFC 7591 §3.2.1)', async () => {
    const upstream = scriptedUpstream({
      metadata: { token_endpoint_auth_methods_supported: ['client_secret_post'] },
    })
    const { connections, clock } = connectionsOver(upstream)
    upstream.routes[`${upstream.issuer}/register`] = () => {
      upstream.state.registrations += 1
      const count = upstream.state.registrations
      const told = {
        client_secret_expires_at: clock.now + 7200,
        token_endpoint_auth_method: 'client_secret_post',
      }
      return Response.json(
        { client_id: `client-${count}`, client_secret: `secret-${count}`, ...told },
        { status: 201 },
      )
    }
    const shown = () =>
      upstream.requests.findLast(({ url }) => url.endsWith('/token'))?.form.get('client_secret')
    await connect(connections, upstream)
    clock.now += 6599
    await connect(connections, upstream)
    expect([upstream.state.registrations, shown()]).toEqual([1, 'secret-1'])
    clock.now += 1
    await connect(connections, upstream)
    expect([upstream.state.registrations, shown()]).toEqual([2, 'secret-2'])
    await connect(connections, upstream)
    expect(upstream.state.registrations).toBe(2)
  })

  it.each([
    ['in the answer', undefined],
    ['by a challenge', { 'www-authenticate': 'Basic realm="as"' }],
  ])(
    'UP-05 COMPAT-05 registers anew once the server has said %s that it forgot its client',
    async (_, headers) => {
      let forgotten = ''
      const upstream = scriptedUpstream({
        answerToken: (form) =>
          form.get('client_id') === forgotten
            ? Response.json({ error: 'invalid_client' }, { status: 401, ...(headers && { headers }) })
            : undefined,
      })
      const { connections, clock } = connectionsOver(upstream)
      await connect(connections, upstream)
      forgotten = 'client-1'
      await expect(connect(connections, upstream)).rejects.toThrow()
      await connect(connections, upstream)
      expect(upstream.state.registrations).toBe(2)

      forgotten = 'client-2'
      clock.now += 3600
      expect(await connections.authorize('linear', 'ada')).toMatchObject({ state: 'reconsent_required' })
      expect((await connections.states('ada'))[0]).toMatchObject({ reason: 'client_refused' })
      await connect(connections, upstream)
      expect(upstream.state.registrations).toBe(3)
      expect(await bearer(connections)).toMatch(/^Bearer access-/)
    },
  )

  it('UP-08 keeps its client where a server answers of a code, and by a challenge, that it is no good', async () => {
    let bad = false
    const headers = { 'www-authenticate': 'Basic realm="tokens"' }
    const upstream = scriptedUpstream({
      answerToken: () =>
        bad ? Response.json({ error: 'invalid_grant' }, { status: 401, headers }) : undefined,
    })
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    bad = true
    await expect(connect(connections, upstream)).rejects.toThrow()
    bad = false
    await connect(connections, upstream)
    expect(upstream.state.registrations).toBe(1)
  })

  it('UP-08 leaves a client alone that the operator has registered, whose secret they have to mend', async () => {
    let wrong = false
    const manual = { mode: 'manual', clientId: 'ours', clientSecret: 'secret' } as const
    const upstream = scriptedUpstream({
      answerToken: () => (wrong ? Response.json({ error: 'invalid_client' }, { status: 401 }) : undefined),
    })
    const upstreams = [{ ...linear, clientRegistration: manual }]
    const { connections, clock } = connectionsOver(upstream, { upstreams })
    await connect(connections, upstream)
    wrong = true
    clock.now += 3600
    await expect(connections.authorize('linear', 'ada')).rejects.toMatchObject({
      code: 'upstream_token_unavailable',
    })
    wrong = false
    expect(await bearer(connections)).toMatch(/^Bearer access-/)
  })

  it('shows the operator’s secret in a way that the server has', async () => {
    const manual = { mode: 'manual', clientId: 'ours', clientSecret: 'secret' } as const
    const shown = async (methods: readonly string[] | undefined) => {
      const upstream = scriptedUpstream({ metadata: { token_endpoint_auth_methods_supported: methods } })
      const upstreams = [{ ...linear, clientRegistration: manual }]
      await connect(connectionsOver(upstream, { upstreams }).connections, upstream)
      const { headers, form } = upstream.requests.find(({ url }) => url.endsWith('/token')) ?? {}
      return { basic: headers?.['authorization'], secret: form?.get('client_secret') }
    }
    const basic = `Basic ${btoa('ours:secret')}`
    expect(await shown(['client_secret_basic'])).toEqual({ basic, secret: null })
    expect(await shown(['client_secret_basic', 'client_secret_post'])).toEqual({
      basic: undefined,
      secret: 'secret',
    })
    expect(await shown(undefined)).toEqual({ basic: undefined, secret: 'secret' })
  })

  it('UP-04 SEP-2352 registers anew when the authorization server changes', async () => {
    const upstream = scriptedUpstream()
    const { connections, storage } = connectionsOver(upstream)
    await connect(connections, upstream)
    const moved = scriptedUpstream({ issuer: 'https://new-as.example.com' })
    const { connections: after } = connectionsOver(moved, { storage })
    await after.begin('linear', { ...browser, returnTo: '/' })
    expect(moved.state.registrations).toBe(1)
  })

  it.each([
    ['a secret', { clientSecret: 'secret' }],
    ['a secret in the header', { clientSecret: 'secret', tokenEndpointAuthMethod: 'client_secret_basic' }],
  ] as const)(
    'F10 sends the operator’s client with %s to no other authorization server',
    async (_, proof) => {
      const manual = { mode: 'manual', clientId: 'ours', ...proof } as const
      const own = { ...linear, clientRegistration: manual }
      const upstream = scriptedUpstream()
      const { connections, storage } = connectionsOver(upstream, { upstreams: [own] })
      await connect(connections, upstream)
      await connect(connections, upstream)

      const moved = scriptedUpstream({ issuer: 'https://new-as.example.com' })
      const { connections: after } = connectionsOver(moved, { storage, upstreams: [own] })
      await expect(connect(after, moved)).rejects.toMatchObject({ code: 'upstream_issuer_changed' })
      expect(moved.requests.filter(({ url }) => url.endsWith('/token'))).toEqual([])

      const told = { ...own, authorizationServer: moved.issuer }
      const { connections: again } = connectionsOver(moved, { storage, upstreams: [told] })
      await connect(again, moved)
      expect(moved.requests.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1)
    },
  )

  it('prefers the operator’s client, and says what to do when there is no way to register', async () => {
    const upstream = scriptedUpstream({ metadata: { registration_endpoint: undefined } })
    const manual = { mode: 'manual', clientId: 'ours', clientSecret: 'secret' } as const
    const { connections } = connectionsOver(upstream, {
      upstreams: [{ ...linear, clientRegistration: manual }],
    })
    const { searchParams } = await connect(connections, upstream)
    expect(searchParams.get('client_id')).toBe('ours')

    const closed = scriptedUpstream({ metadata: { registration_endpoint: undefined } })
    const { connections: automatic } = connectionsOver(closed)
    await expect(connect(automatic, closed)).rejects.toThrow(/clientRegistration/)
  })
})

describe('the answer of the upstream', () => {
  it('UP-04 G01 is taken in the session that asked, and refused in every other', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    for (const other of [
      { ...browser, session: 'session-of-the-victim' },
      { ...browser, owner: 'grace' },
    ]) {
      const url = await connections.begin('linear', { ...browser, returnTo: '/' })
      await expect(connections.finish('linear', upstream.approve(url), other)).rejects.toMatchObject({
        code: 'connect_wrong_session',
      })
    }
    expect(await bearer(connections)).toBeUndefined()
  })

  it('G01 is taken once', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    const url = await connections.begin('linear', { ...browser, returnTo: '/' })
    const answer = upstream.approve(url)
    await connections.finish('linear', answer, browser)
    await expect(connections.finish('linear', answer, browser)).rejects.toMatchObject({
      code: 'connect_state_unknown',
    })
  })

  it('UP-03 is taken with the issuer that was asked', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    const url = await connections.begin('linear', { ...browser, returnTo: '/' })
    const answer = upstream.approve(url, { iss: 'https://as.example.com' })
    expect(await connections.finish('linear', answer, browser)).toEqual({ returnTo: '/' })
  })

  it('UP-03 is refused with another issuer, announced or not (mix-up)', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    const url = await connections.begin('linear', { ...browser, returnTo: '/' })
    const answer = upstream.approve(url, { iss: 'https://evil.example.com' })
    await expect(connections.finish('linear', answer, browser)).rejects.toThrow()
    expect(await bearer(connections)).toBeUndefined()
  })

  it('UP-03 without iss is refused when the server announces it', async () => {
    const upstream = scriptedUpstream({
      metadata: { authorization_response_iss_parameter_supported: true },
    })
    const { connections } = connectionsOver(upstream)
    const url = await connections.begin('linear', { ...browser, returnTo: '/' })
    await expect(connections.finish('linear', upstream.approve(url), browser)).rejects.toThrow()
  })

  it('ends as denied when the user says no, and returns to where they came from', async () => {
    const upstream = scriptedUpstream()
    const { connections, events } = connectionsOver(upstream)
    const url = await connections.begin('linear', { ...browser, returnTo: '/account' })
    const state = url.searchParams.get('state') ?? ''
    const outcome = await connections.finish(
      'linear',
      new URLSearchParams({ error: 'access_denied', state }),
      browser,
    )
    expect(outcome).toEqual({ returnTo: '/account', problem: 'denied' })
    expect(events).toMatchObject([{ name: 'connection.refused', outcome: 'denied' }])
  })

  it.each([
    ['invalid_scope', 'invalid_scope'],
    ['a text '.repeat(1000), 'unexpected'],
  ])(
    'C08 notes the error of the answer where it is a code, and no other text: %.20s',
    async (error, reason) => {
      const upstream = scriptedUpstream()
      const { connections, events } = connectionsOver(upstream)
      const url = await connections.begin('linear', { ...browser, returnTo: '/account' })
      const answer = new URLSearchParams({ error, state: url.searchParams.get('state') ?? '' })
      expect(await connections.finish('linear', answer, browser)).toMatchObject({ problem: 'failed' })
      expect(events).toMatchObject([{ name: 'connection.refused', reason }])
    },
  )
})

describe('connect links', () => {
  it('UP-11 belong to one user and upstream, and carry no secret', () => {
    const { connections } = connectionsOver(scriptedUpstream())
    const path = connections.connectPath('linear', 'ada')
    const ticket = new URL(path, gateway).searchParams.get('ticket') ?? ''
    expect(connections.isTicketOf(ticket, 'linear', 'ada')).toBe(true)
    expect(connections.isTicketOf(ticket, 'linear', 'grace')).toBe(false)
    expect(path).not.toContain('ada')
  })
})
