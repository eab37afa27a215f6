import { memoryStorage } from '@portico/storage'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'

import type { GatewayOptions } from '../src/index.ts'
import { demoUrl, notesUrl, publicUrl, testGateway } from './test-gateway.ts'

const resourceServer = 'https://as.upstream.example'
const crossApp: NonNullable<GatewayOptions['connections']>[number] = {
  id: 'linear',
  displayName: 'Linear',
  authMode: 'id-jag',
  url: 'https://upstream.example/mcp',
  idJag: {
    scopes: ['issues:read'],
    idp: {
      tokenUrl: 'https://acme.example/token',
      clientAuth: { method: 'client_secret_post', clientId: 'gateway', clientSecret: 'at-the-provider' },
    },
    resourceAs: {
      tokenUrl: `${resourceServer}/token`,
      audience: resourceServer,
      clientAuth: { method: 'client_secret_basic', clientId: 'gateway', clientSecret: 'at-the-resource' },
    },
  },
}
const routes: GatewayOptions['routes'] = [
  { path: '/mcp/demo', id: 'demo', upstream: { url: crossApp.url, connection: 'linear' } },
  { path: '/mcp/notes', id: 'notes', upstream: { url: 'https://upstream.example/notes' } },
]

/** A gateway whose provider issues ID-JAGs, and the authorization server that takes them. */
function crossing(options: Partial<GatewayOptions> = {}) {
  const redeemed: string[] = []
  const issued = new Map<string, string>()
  const exchanges: URLSearchParams[] = []
  const clock = { seconds: () => 0 }
  const storage = memoryStorage({ now: () => clock.seconds() })
  const peers = testGateway(
    { routes, connections: [crossApp], storage, ...options },
    {
      others: {
        [resourceServer]: async (request) => {
          const form = new URLSearchParams(await request.text())
          const owner = issued.get(form.get('assertion') ?? '')
          if (owner === undefined) return Response.json({ error: 'invalid_grant' }, { status: 400 })
          redeemed.push(owner)
          const token = `crossed-${redeemed.length}`
          return Response.json({ access_token: token, token_type: 'Bearer', expires_in: 300 })
        },
      },
    },
  )
  clock.seconds = peers.clock.seconds
  peers.idp.bend('token', (answer, { parameters }) => {
    const subjectToken = parameters.get('subject_token')
    if (subjectToken === null) return answer
    exchanges.push(parameters)
    const { sub = '', exp = 0 } = decodeJwt(subjectToken)
    if (exp <= peers.clock.seconds()) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    const assertion = `jag-${issued.size}`
    issued.set(assertion, sub)
    return Response.json({
      access_token: assertion,
      issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
      token_type: 'N_A',
    })
  })
  /** Token requests of the gateway at the provider with this grant type. */
  const requests = (grantType: string) =>
    peers.idp.requests.filter(({ parameters }) => parameters.get('grant_type') === grantType).length
  const bearers = () => peers.upstreamRequests.map(({ headers }) => headers.get('authorization'))
  return { ...peers, storage, redeemed, exchanges, requests, bearers }
}

describe('cross-app access', () => {
  it('R133 R162 R164 R165 R166 R170 reaches the upstream after one sign-in, without anything to connect', async () => {
    const { client, bearers, redeemed, exchanges } = crossing()
    const connection = await client.connect(demoUrl)
    await connection.call('tools/list')
    await connection.call('tools/list')
    expect(bearers()).toEqual(['Bearer crossed-1', 'Bearer crossed-1'])
    expect(redeemed).toHaveLength(1)
    expect(Object.fromEntries(exchanges[0] ?? [])).toMatchObject({
      requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      audience: resourceServer,
      resource: crossApp.url,
      scope: 'issues:read',
      client_id: 'gateway',
      client_secret: 'at-the-provider',
    })
  })

  it('R163 renews the assertion once it has expired, for parallel calls once', async () => {
    const { client, clock, requests, redeemed } = crossing()
    const connection = await client.connect(demoUrl)
    clock.advance(3600)
    await connection.refresh()
    const answers = await Promise.all(Array.from({ length: 10 }, () => connection.call('tools/list')))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(requests('refresh_token')).toBe(1)
    expect(redeemed.length).toBeGreaterThan(0)
  })

  it('R163 asks for a sign-in where the assertion has expired and cannot be renewed, and then goes on', async () => {
    const { client, clock, idp, browser, bearers } = crossing()
    const undo = idp.bendJson('token', (answer) => ({ ...answer, refresh_token: undefined }))
    const connection = await client.connect(demoUrl)
    clock.advance(3600)
    await connection.refresh()
    const { result } = await connection.call('tools/call', { name: 'echo', arguments: {} })
    const [url = ''] = /https:[^"\\\s]+connect\?ticket=[\w-]+/.exec(JSON.stringify(result)) ?? []
    expect(url).toContain(`${publicUrl}/auth/connections/linear/connect?ticket=`)
    expect(bearers()).toEqual([])

    undo()
    const page = await (await browser.open(url)).submit({}, { button: /Continue/ })
    expect(page.text).toContain('Linear')
    await connection.call('tools/list')
    expect(bearers()).toEqual(['Bearer crossed-1'])
  })
})

describe('tokens of the provider', () => {
  const keptOf = async ({ storage, client }: ReturnType<typeof crossing>, url: string) => {
    const connection = await client.connect(url)
    const subject = decodeJwt(connection.tokens.accessToken).sub ?? ''
    return { connection, subject, kept: () => storage.get(['provider-tokens', subject]) }
  }

  it('IDP-13 are asked for and kept only where a route needs them', async () => {
    const peers = crossing({
      connections: [],
      routes: [{ path: '/mcp/demo', id: 'demo', upstream: { url: 'https://upstream.example/mcp' } }],
    })
    expect(await (await keptOf(peers, demoUrl)).kept()).toBeUndefined()
    const scopes = (requests: ReturnType<typeof crossing>['idp']['requests']) =>
      requests.flatMap(({ parameters }) => parameters.get('scope') ?? [])
    expect(scopes(peers.idp.requests).join(' ')).not.toContain('offline_access')

    const crossed = crossing()
    expect(await (await keptOf(crossed, demoUrl)).kept()).toBeDefined()
    expect(scopes(crossed.idp.requests).join(' ')).toContain('offline_access')
  })

  it('G02 are sealed for their user', async () => {
    const peers = crossing()
    const { kept, subject, connection } = await keptOf(peers, demoUrl)
    const record = await kept()
    expect(JSON.stringify(record)).not.toMatch(/eyJ/)
    const moved = { value: record?.value ?? {} }
    await peers.storage.set(['provider-tokens', 'somebody-else'], moved)
    const { server } = peers.gateway.originFor(new URL(publicUrl).host) ?? {}
    expect(await server?.providerToken(subject, 'id_token')).toMatch(/^eyJ/)
    expect(await server?.providerToken('somebody-else', 'id_token')).toBeUndefined()
    expect(connection.tokens.accessToken).not.toBe(await server?.providerToken(subject, 'access_token'))
  })

  it('AS-82 go with the last grant that needs them, and not before', async () => {
    const peers = crossing()
    const { kept, subject } = await keptOf(peers, demoUrl)
    await peers.client.connect(demoUrl)
    const notes = await peers.client.connect(notesUrl)
    expect(notes.tokens.accessToken).toBeDefined()
    const { server } = peers.gateway.originFor(new URL(publicUrl).host) ?? {}
    const grants = (await server?.listGrants(subject)) ?? []
    const [first, second] = grants.filter(({ resource }) => resource === demoUrl)
    await server?.withdrawGrant(subject, first?.id ?? '')
    expect(await kept()).toBeDefined()
    await server?.withdrawGrant(subject, second?.id ?? '')
    expect(await kept()).toBeUndefined()
    expect(await server?.listGrants(subject)).toHaveLength(1)
  })

  it('end with the session where no grant needs them', async () => {
    const peers = crossing()
    const { kept } = await keptOf(peers, notesUrl)
    expect(await kept()).toBeDefined()
    peers.clock.advance(28_801)
    expect(await kept()).toBeUndefined()
  })

  it('UP-08 are not renewed again where a renewal was interrupted: the user signs in', async () => {
    const peers = crossing()
    const { kept, subject } = await keptOf(peers, demoUrl)
    peers.clock.advance(3600)
    const record = await kept()
    const value = { ...(record?.value as object), renewingSince: peers.clock.seconds() - 31 }
    await peers.storage.set(['provider-tokens', subject], { value })
    const { server } = peers.gateway.originFor(new URL(publicUrl).host) ?? {}
    expect(await server?.providerToken(subject, 'id_token')).toBeUndefined()
    expect(peers.requests('refresh_token')).toBe(0)
  })

  it('R154 lead to a sign-in, asked for once, when the provider takes the refresh token no more', async () => {
    const peers = crossing()
    const { subject } = await keptOf(peers, demoUrl)
    peers.idp.bend('token', (answer, { parameters }) =>
      parameters.get('grant_type') === 'refresh_token'
        ? Response.json({ error: 'invalid_grant' }, { status: 400 })
        : answer,
    )
    peers.clock.advance(3600)
    const { server } = peers.gateway.originFor(new URL(publicUrl).host) ?? {}
    expect(await server?.providerToken(subject, 'id_token')).toBeUndefined()
    expect(await server?.providerToken(subject, 'id_token')).toBeUndefined()
    expect(peers.requests('refresh_token')).toBe(1)
  })

  it('survive a provider that cannot answer now', async () => {
    const peers = crossing()
    const { subject } = await keptOf(peers, demoUrl)
    const undo = peers.idp.bend('token', () => new Response('later', { status: 503 }))
    peers.clock.advance(3600)
    const { server } = peers.gateway.originFor(new URL(publicUrl).host) ?? {}
    await expect(server?.providerToken(subject, 'id_token')).rejects.toMatchObject({
      code: 'token_endpoint_unavailable',
    })
    undo()
  })

  it('of another user are refused in a renewal (OpenID Connect Core §12.2)', async () => {
    const peers = crossing()
    const { subject } = await keptOf(peers, demoUrl)
    peers.clock.advance(3600)
    peers.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, sub: 'mallory' } }))
    const { server } = peers.gateway.originFor(new URL(publicUrl).host) ?? {}
    await expect(server?.providerToken(subject, 'id_token')).rejects.toMatchObject({
      code: 'token_answer_invalid',
    })
  })

  it('are refused at boot where somebody may sign in whose provider has none', () => {
    const [provider] =
      testGateway().gateway.originFor(new URL(publicUrl).host)?.server.context.settings.providers ?? []
    const github = {
      ...provider,
      id: 'github',
      name: 'GitHub',
      kind: 'oauth2',
    } as GatewayOptions['providers'][number]
    expect(() => crossing({ providers: [github] })).toThrow(
      /"id-jag" exchanges ID tokens, and GitHub issues none/,
    )
  })
})
