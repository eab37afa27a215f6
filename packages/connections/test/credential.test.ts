import { FetchFailedError } from '@portico/safe-fetch'
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'

import { type Connections, createConnections, type UpstreamOptions } from '../src/index.ts'
import {
  bearer,
  browser,
  connect,
  connectionsOver,
  linear,
  type ScriptedUpstream,
  plainSealer,
  scriptedUpstream,
} from './scripted-upstream.ts'

const challenge401 = { status: 401, wwwAuthenticate: 'Bearer error="invalid_token"' } as const

describe('a credential', () => {
  it('R144 is demanded of a user who has not connected, with a link of our own', async () => {
    const { connections } = connectionsOver(scriptedUpstream())
    expect(await connections.authorize('linear', 'ada')).toMatchObject({
      state: 'authenticating',
      connectUrl: expect.stringMatching(
        /^https:\/\/gateway\.example\.com\/auth\/connections\/linear\/connect\?ticket=/,
      ) as string,
    })
  })

  it('UP-01 is the user’s own and nobody else’s', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    expect(await bearer(connections, 'grace')).toBeUndefined()
  })

  it('UP-01 G05 goes to the host that it was given for, and to no other that takes its place', async () => {
    const upstream = scriptedUpstream()
    const { connections, create, storage } = connectionsOver(upstream)
    await connect(connections, upstream)
    const at = (url: string) =>
      connectionsOver(upstream, { storage, upstreams: [{ ...linear, url }] }).connections
    expect(await bearer(at('https://mcp.example.com/v2'))).toBe(await bearer(create()))
    const moved = at('https://mcp.other.example/mcp')
    expect(await moved.authorize('linear', 'ada')).toMatchObject({ state: 'reconsent_required' })
    expect((await moved.states('ada'))[0]).toMatchObject({
      status: 'reconsent_required',
      reason: 'upstream_moved',
    })
    expect(await bearer(create())).toMatch(/^Bearer access-/)
  })

  it('R132 of a shared upstream is one for all, and only an administrator can make it', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream, {
      upstreams: [{ ...linear, authMode: 'shared-oauth' }],
    })
    expect(await connections.authorize('linear', 'ada')).toMatchObject({ state: 'admin_connect_required' })
    await connect(connections, upstream, { owner: 'shared', session: 'admin' })
    expect(await bearer(connections, 'ada')).toBe(await bearer(connections, 'grace'))
    expect(await bearer(connections, 'ada')).toMatch(/^Bearer access-/)
  })

  it('is refreshed before it ends', async () => {
    const upstream = scriptedUpstream()
    const { connections, clock } = connectionsOver(upstream)
    await connect(connections, upstream)
    const first = await bearer(connections)
    clock.now += 3500
    expect(await bearer(connections)).toBe(first)
    clock.now += 60
    expect(await bearer(connections)).not.toBe(first)
    expect(upstream.state.refreshes).toBe(1)
  })

  it('G05 names the account as it was connected, the same until it is disconnected', async () => {
    const upstream = scriptedUpstream()
    const { connections, clock } = connectionsOver(upstream)
    const accountOf = async () => {
      const credential = await connections.authorize('linear', 'ada')
      return 'headers' in credential ? credential.account : undefined
    }
    await connect(connections, upstream)
    const first = await accountOf()
    clock.now += 3600
    expect([typeof first, await accountOf()]).toEqual(['string', first])
    const credential = await connections.authorize('linear', 'ada')
    const better = 'headers' in credential ? await credential.refresh?.(challenge401) : undefined
    expect(better).toMatchObject({ account: first })
    await connect(connections, upstream)
    expect(await accountOf()).toBe(first)
    await connections.disconnect('linear', 'ada')
    await connect(connections, upstream)
    expect(await accountOf()).not.toBe(first)
  })

  it('PROXY-05 is refreshed once after a 401, and then demanded anew', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    const credential = await connections.authorize('linear', 'ada')
    if (!('headers' in credential)) throw new Error('not connected')
    const second = await credential.refresh?.(challenge401)
    if (!second || !('headers' in second)) throw new Error('not refreshed')
    expect(second.headers).not.toEqual(credential.headers)
    expect(await second.refresh?.(challenge401)).toMatchObject({ state: 'reconsent_required' })
    expect(await connections.authorize('linear', 'ada')).toMatchObject({ state: 'reconsent_required' })
  })

  it('UP-06, SCOPE-08 asks for the missing scopes on top of the granted ones, a few times at most', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    const insufficient = {
      status: 403,
      wwwAuthenticate: 'Bearer error="insufficient_scope", scope="write"',
    } as const
    const stepUp = async () => {
      const credential = await connections.authorize('linear', 'ada')
      return 'headers' in credential ? credential.refresh?.(insufficient) : undefined
    }
    expect(await stepUp()).toMatchObject({ state: 'reconsent_required' })
    const url = await connections.begin('linear', { ...browser, returnTo: '/' })
    expect(url.searchParams.get('scope')).toBe('write read offline_access')
    await stepUp()
    await stepUp()
    expect(await stepUp()).toBeUndefined()
  })

  it('leaves a 403 for other reasons alone', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    const credential = await connections.authorize('linear', 'ada')
    if (!('headers' in credential)) throw new Error('not connected')
    expect(await credential.refresh?.({ status: 403, wwwAuthenticate: undefined })).toBeUndefined()
  })

  it('R154 turns into reconsent_required when the refresh token is dead', async () => {
    const upstream = scriptedUpstream()
    const { connections, clock } = connectionsOver(upstream)
    await connect(connections, upstream)
    upstream.state.familyRevoked = true
    clock.now += 3600
    expect(await connections.authorize('linear', 'ada')).toMatchObject({ state: 'reconsent_required' })
    expect((await connections.states('ada'))[0]).toMatchObject({
      status: 'reconsent_required',
      reason: 'refresh_refused',
    })
  })

  it('C08 tells of the error of a refresh where it is a code, and repeats no other text', async () => {
    const text = 'the token refresh-123 '.repeat(1000)
    const upstream = scriptedUpstream({
      answerToken: (form) =>
        form.get('grant_type') === 'refresh_token'
          ? Response.json({ error: text }, { status: 400 })
          : undefined,
    })
    const { connections, clock, events } = connectionsOver(upstream)
    await connect(connections, upstream)
    clock.now += 3600
    const refused = connections.authorize('linear', 'ada')
    await expect(refused).rejects.toThrow(/could not be refreshed \(unexpected\)/)
    expect(events.at(-1)).toMatchObject({ name: 'connection.refresh_failed', reason: 'unexpected' })
  })

  it('UP-08 survives a network failure during the refresh', async () => {
    const upstream = scriptedUpstream()
    let down = false
    const { connections, clock } = connectionsOver({
      fetch: (url, init) =>
        down ? Promise.reject(new FetchFailedError('network', 'down')) : upstream.fetch(url, init),
    })
    await connect(connections, upstream)
    const first = await bearer(connections)
    down = true
    clock.now += 3550
    expect(await bearer(connections)).toBe(first)
    clock.now += 60
    await expect(connections.authorize('linear', 'ada')).rejects.toMatchObject({
      code: 'upstream_token_unavailable',
    })
    down = false
    expect(await bearer(connections)).toMatch(/^Bearer access-/)
  })

  it('keeps the refresh token when a later answer brings none', async () => {
    const upstream = scriptedUpstream()
    const { connections, clock } = connectionsOver(upstream)
    await connect(connections, upstream)
    for (let round = 1; round <= 3; round += 1) {
      clock.now += 3600
      expect(await bearer(connections)).toMatch(/^Bearer access-/)
      expect(upstream.state.refreshes).toBe(round)
    }
  })

  it('UP-14 G02 does not open when it was moved to another user', async () => {
    const upstream = scriptedUpstream()
    const { connections, storage } = connectionsOver(upstream)
    await connect(connections, upstream)
    const stored = await storage.get(['connection', 'linear:ada'])
    const moved = { ...(stored?.value as Record<string, string>), owner: 'grace' }
    await storage.set(['connection', 'linear:grace'], { value: moved })
    await expect(connections.authorize('linear', 'grace')).rejects.toThrow('not authentic')
  })
})

describe('refreshing from many places at once', () => {
  it('UP-08 refreshes once for 50 calls on two nodes, though the upstream punishes reuse', async () => {
    const upstream = scriptedUpstream({ rotate: true })
    const { connections, create, clock } = connectionsOver(upstream)
    await connect(connections, upstream)
    const other = create()
    clock.now += 3600
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) => bearer(index % 2 === 0 ? connections : other)),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toMatch(/^Bearer access-/)
    expect(upstream.state).toMatchObject({ refreshes: 1, reuses: 0 })
  })

  /** A process dies after the upstream has answered its refresh and before anything is saved. */
  async function dieInRefresh(
    upstream: ScriptedUpstream,
    { storage, clock }: ReturnType<typeof connectionsOver>,
  ): Promise<void> {
    const answered = upstream.state.refreshes
    const dying = connectionsOver(
      {
        fetch: async (url, init) => {
          await upstream.fetch(url, init)
          return new Promise<Response>(() => undefined)
        },
      },
      { storage, now: () => clock.now },
    )
    clock.now += 3600
    void dying.connections.authorize('linear', 'ada')
    await expect.poll(() => upstream.state.refreshes).toBe(answered + 1)
    // Its lease ends by itself.
    clock.now += 31
  }

  it.each([
    ['rotates', 3600],
    ['has not shown yet whether it rotates', 0],
  ])('UP-08 never presents a consumed refresh token where the upstream %s', async (_how, usedSeconds) => {
    const upstream = scriptedUpstream({ rotate: true })
    const over = connectionsOver(upstream)
    await connect(over.connections, upstream)
    over.clock.now += usedSeconds
    await bearer(over.connections)
    await dieInRefresh(upstream, over)
    expect(await over.connections.authorize('linear', 'ada')).toMatchObject({ state: 'reconsent_required' })
    expect(upstream.state.reuses).toBe(0)
  })

  it.each([
    ['with this user', { owner: 'ada', session: 'session-1' }],
    ['with another user', { owner: 'grace', session: 'session-2' }],
  ])(
    'UP-08 loses no connection where refreshes %s have shown that the upstream does not rotate',
    async (_who, user) => {
      const upstream = scriptedUpstream()
      const over = connectionsOver(upstream)
      await connect(over.connections, upstream)
      if (user.owner !== 'ada') await connect(over.connections, upstream, user)
      over.clock.now += 3600
      await bearer(over.connections, user.owner)
      await dieInRefresh(upstream, over)
      expect(await bearer(over.connections)).toMatch(/^Bearer access-/)
    },
  )

  it('UP-08 has shown nothing by connecting again, which brings a new refresh token from any upstream', async () => {
    const upstream = scriptedUpstream()
    const over = connectionsOver(upstream)
    await connect(over.connections, upstream)
    over.clock.now += 3600
    await bearer(over.connections)
    await connect(over.connections, upstream)
    await dieInRefresh(upstream, over)
    expect(await bearer(over.connections)).toMatch(/^Bearer access-/)
  })
})

describe('disconnecting', () => {
  it('AS-83 revokes at the upstream and forgets the tokens', async () => {
    const upstream = scriptedUpstream()
    const { connections } = connectionsOver(upstream)
    await connect(connections, upstream)
    expect(await connections.disconnect('linear', 'ada')).toEqual({ existed: true, revoked: true })
    expect(upstream.state.revoked.map((token) => token.split('-')[0])).toEqual(['refresh', 'access'])
    expect(await bearer(connections)).toBeUndefined()
    expect(await connections.disconnect('linear', 'ada')).toEqual({ existed: false, revoked: false })
  })

  /** A user at whose upstream `meanwhile` happens once a refresh was answered, before the answer arrives. */
  async function refreshBeside(
    meanwhile: (node: Connections, upstream: ScriptedUpstream) => Promise<unknown>,
  ) {
    const upstream = scriptedUpstream({ rotate: true })
    const { connections, create, clock, storage, events } = connectionsOver(upstream)
    await connect(connections, upstream)
    const answers: string[] = []
    const { connections: slow } = connectionsOver(
      {
        async fetch(url, init) {
          const response = await upstream.fetch(url, init)
          if (String(init?.body).includes('grant_type=refresh_token')) {
            answers.push(await response.clone().text())
            await meanwhile(create(), upstream)
          }
          return response
        },
      },
      { storage, now: () => clock.now, onEvent: (event) => events.push(event) },
    )
    clock.now += 3600
    const used = await bearer(slow)
    const tokens = JSON.parse(answers[0] ?? '') as { access_token: string; refresh_token: string }
    return { upstream, connections, events, used, tokens }
  }

  it('AS-83 revokes what a refresh brings that was under way, and keeps none of it', async () => {
    const { upstream, connections, events, used, tokens } = await refreshBeside((node) =>
      node.disconnect('linear', 'ada'),
    )
    expect(used).toBeUndefined()
    expect(upstream.state.revoked.slice(2)).toEqual([tokens.refresh_token, tokens.access_token])
    expect(await bearer(connections)).toBeUndefined()
    expect((await connections.states('ada'))[0]).toMatchObject({ status: 'not_connected' })
    expect(events.at(-1)).toMatchObject({ name: 'connection.refresh_failed', reason: 'disconnected' })
  })

  it('says so when the upstream does not revoke what a refresh brings that was under way', async () => {
    const { events } = await refreshBeside((node, upstream) => {
      upstream.routes[`${upstream.issuer}/revoke`] = () => new Response(null, { status: 503 })
      return node.disconnect('linear', 'ada')
    })
    expect(events.at(-1)).toMatchObject({
      name: 'connection.refresh_failed',
      reason: 'disconnected_not_revoked',
    })
  })

  it('revokes nothing where the user has connected again by the time the refresh is over', async () => {
    const { upstream, used } = await refreshBeside((node, upstream) => connect(node, upstream))
    expect(used).toMatch(/^Bearer access-/)
    expect(upstream.state.revoked).toEqual([])
  })
})

describe('a key of the user', () => {
  const upstreams: UpstreamOptions[] = [
    {
      id: 'linear',
      displayName: 'Linear',
      authMode: 'user-api-key',
      url: 'https://mcp.example.com/mcp',
      apiKey: { header: 'X-Api-Key', prefix: '' },
    },
  ]

  it('R136 is sent in its header until the upstream refuses it', async () => {
    const { connections } = connectionsOver(scriptedUpstream(), { upstreams })
    await connections.saveApiKey('linear', 'ada', ' key-123\n')
    const credential = await connections.authorize('linear', 'ada')
    if (!('headers' in credential)) throw new Error('not connected')
    expect(credential.headers).toEqual({ 'x-api-key': 'key-123' })
    expect(await credential.refresh?.(challenge401)).toMatchObject({ state: 'reconsent_required' })
  })

  it('UP-01 G05 is sent to the host that it was entered for, and to no other that takes its place', async () => {
    const { connections, storage } = connectionsOver(scriptedUpstream(), { upstreams })
    await connections.saveApiKey('linear', 'ada', 'key-123')
    const at = (url: string) =>
      connectionsOver(scriptedUpstream(), {
        storage,
        upstreams: [{ ...upstreams[0]!, url }],
      }).connections
    expect(await at('https://mcp.example.com/v2').authorize('linear', 'ada')).toHaveProperty('headers')
    expect(await at('https://mcp.other.example/mcp').authorize('linear', 'ada')).toMatchObject({
      state: 'reconsent_required',
    })
  })

  it('UP-12 is refused when no header can carry it, without showing it', async () => {
    const { connections } = connectionsOver(scriptedUpstream(), { upstreams })
    const saved = connections.saveApiKey('linear', 'ada', 'two words-secret')
    await expect(saved).rejects.toThrow(/visible ASCII/)
    await expect(saved).rejects.not.toThrow(/secret/)
  })
})

describe('cross-app access', () => {
  const upstreams: UpstreamOptions[] = [
    {
      id: 'linear',
      displayName: 'Linear',
      authMode: 'id-jag',
      url: 'https://mcp.example.com/mcp',
      idJag: {
        scopes: ['read'],
        idp: {
          tokenUrl: 'https://idp.example.com/token',
          clientAuth: { method: 'client_secret_basic', clientId: 'gateway', clientSecret: 's:1' },
        },
        resourceAs: {
          tokenUrl: 'https://as.example.com/token',
          audience: 'https://as.example.com',
          clientAuth: { method: 'client_secret_post', clientId: 'gateway-2', clientSecret: 's2' },
        },
      },
    },
  ]

  it('R133 R162 R164 R165 R166 exchanges the identity assertion for an ID-JAG and that for a token, and keeps it', async () => {
    const upstream = scriptedUpstream({
      answerToken: (form) =>
        form.get('assertion') === 'jag'
          ? Response.json({ access_token: 'crossed', token_type: 'Bearer', expires_in: 600 })
          : Response.json({ error: 'invalid_grant' }, { status: 400 }),
    })
    upstream.routes['https://idp.example.com/token'] = (form) =>
      Response.json({
        access_token: form.get('subject_token') === 'id-token-of-ada' ? 'jag' : 'wrong',
        issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
        token_type: 'N_A',
      })
    const { connections } = connectionsOver(upstream, {
      upstreams,
      subjectToken: (subject) => Promise.resolve(`id-token-of-${subject}`),
    })
    expect(await bearer(connections)).toBe('Bearer crossed')
    expect(await bearer(connections)).toBe('Bearer crossed')
    expect(upstream.requests).toHaveLength(2)
    expect(Object.fromEntries(upstream.requests[0]!.form)).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
      audience: 'https://as.example.com',
      resource: 'https://mcp.example.com/mcp',
      scope: 'read',
    })
    expect(upstream.requests[0]!.headers['authorization']).toBe(`Basic ${btoa('gateway:s%3A1')}`)
    await expect(bearer(connections, 'grace')).rejects.toMatchObject({ code: 'token_exchange_failed' })
  })

  it('UP-01 G05 sends no token that was exchanged for one host to another', async () => {
    let exchanges = 0
    const upstream = scriptedUpstream({
      answerToken: () => {
        exchanges += 1
        return Response.json({ access_token: `crossed-${exchanges}`, token_type: 'Bearer', expires_in: 600 })
      },
    })
    upstream.routes['https://idp.example.com/token'] = () =>
      Response.json({
        access_token: 'jag',
        issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
        token_type: 'N_A',
      })
    const subjectToken = (subject: string) => Promise.resolve(`id-token-of-${subject}`)
    const { connections, storage } = connectionsOver(upstream, { upstreams, subjectToken })
    expect(await bearer(connections)).toBe('Bearer crossed-1')
    expect(await bearer(connections)).toBe('Bearer crossed-1')
    const moved = [{ ...upstreams[0]!, url: 'https://mcp.other.example/mcp' }]
    const after = connectionsOver(upstream, { storage, upstreams: moved, subjectToken })
    expect(await bearer(after.connections)).toBe('Bearer crossed-2')
  })

  it('R167 R168 proves itself to both servers by assertions signed with the operator’s keys', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const clientAuth = {
      method: 'private_key_jwt',
      clientId: 'gateway',
      privateKeyPem: await exportPKCS8(privateKey),
      algorithm: 'ES256',
      keyId: 'key-1',
    } as const
    const [crossApp] = upstreams
    if (crossApp?.authMode !== 'id-jag') throw new Error('not cross-app access')
    const upstream = scriptedUpstream({
      answerToken: () => Response.json({ access_token: 'crossed', token_type: 'Bearer', expires_in: 600 }),
    })
    upstream.routes['https://idp.example.com/token'] = () =>
      Response.json({
        access_token: 'jag',
        issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
        token_type: 'N_A',
      })
    const { idp, resourceAs } = crossApp.idJag
    const { connections, clock } = connectionsOver(upstream, {
      upstreams: [
        {
          ...crossApp,
          idJag: {
            idp: {
              ...idp,
              clientAuth: { ...clientAuth, audience: 'https://idp.example.com', expiresInSeconds: 60 },
            },
            resourceAs: { ...resourceAs, clientAuth },
          },
        },
      ],
      subjectToken: () => Promise.resolve('id-token'),
    })
    expect(await bearer(connections)).toBe('Bearer crossed')
    const expected = [
      { audience: 'https://idp.example.com', lifetime: 60 },
      { audience: resourceAs.tokenUrl, lifetime: 300 },
    ]
    for (const [index, { audience, lifetime }] of expected.entries()) {
      const assertion = upstream.requests[index]?.form.get('client_assertion') ?? ''
      const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, {
        issuer: 'gateway',
        subject: 'gateway',
        audience,
        currentDate: new Date(clock.now * 1000),
      })
      expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: 'key-1' })
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(lifetime)
    }
  })

  it('R163 R170 demands a sign-in when there is no identity assertion', async () => {
    const { connections } = connectionsOver(scriptedUpstream(), {
      upstreams,
      subjectToken: () => Promise.resolve(undefined),
    })
    expect(await connections.authorize('linear', 'ada')).toMatchObject({ state: 'authenticating' })
  })

  it('refuses to start without a source of assertions', () => {
    const options = {
      publicUrl: 'https://gateway.example.com',
      sealer: plainSealer,
      mac: (text: string) => text,
      fetch: scriptedUpstream().fetch,
      upstreams,
    }
    const { storage } = connectionsOver(scriptedUpstream())
    expect(() => createConnections({ ...options, storage })).toThrow(/subjectToken/)
  })
})
