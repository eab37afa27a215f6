import { memoryStorage } from '@portico/storage'
import { answerPage } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { listTraces, printTrace, readTrace } from '../../src/index.ts'
import type { GatewayOptions } from '../../src/index.ts'
import { demoUrl, publicUrl, testGateway } from '../test-gateway.ts'

type Peers = ReturnType<typeof tracedGateway>

function tracedGateway(options: Partial<GatewayOptions> = {}) {
  let now = () => 1_800_000_000
  const storage = memoryStorage({ now: () => now() })
  const peers = testGateway({ storage, ...options })
  now = peers.clock.seconds
  /** What an operator reads of the newest trace, or of the given one. */
  const printed = async (id?: string): Promise<string> => {
    await peers.gateway.finish()
    const traces = await listTraces(storage)
    const newest = traces.find(({ kind }) => kind === 'attempt') ?? traces[0]
    const trace = await readTrace(storage, id ?? newest?.id ?? '')
    if (!trace) throw new Error('There is no trace.')
    return printTrace(trace).join('\n')
  }
  return { ...peers, storage, printed }
}

/** The steps of a client that has come to the authorization endpoint. */
async function ready({ client }: Peers) {
  const challenge = await client.challenge(demoUrl)
  const resource = await client.protectedResource(demoUrl, challenge)
  const server = await client.authorizationServer(resource.authorization_servers?.[0] ?? '')
  const identity = await client.register(server)
  const request = await client.steps.authorizationRequest(server, identity, { resource: demoUrl })
  return { server, identity, request }
}

/** A failure, told by what the peers do, and what its printed trace must say by itself. */
const failures: readonly [
  point: string,
  act: (peers: Peers) => Promise<unknown>,
  printed: readonly RegExp[],
  options?: Partial<GatewayOptions>,
][] = [
  [
    'the client knows no OAuth',
    ({ client }) => client.challenge(demoUrl),
    [
      /Status: stopped at challenge\.sent/,
      /missing: It did not read the metadata of the resource/,
      /What to do: .*portico doctor/,
    ],
  ],
  [
    'the client reads the metadata of the resource alone',
    async ({ client }) => client.protectedResource(demoUrl, await client.challenge(demoUrl)),
    [
      /Status: stopped at resource_metadata\.read/,
      /missing: It did not read the metadata of the authorization server/,
    ],
  ],
  [
    'the client finds no way to an id',
    async ({ client }) => {
      await client.protectedResource(demoUrl, await client.challenge(demoUrl))
      await client.authorizationServer(demoUrl)
    },
    [/Status: stopped at server_metadata\.read/, /What to do: The client needs a client id/],
  ],
  [
    'the registration is refused',
    async ({ client }) => {
      await client.challenge(demoUrl)
      const server = await client.authorizationServer(demoUrl)
      await client.steps.register(server, { redirect_uris: ['http://app.example/callback'] })
    },
    [
      /Status: failed at registration\.refused/,
      /What happened: .* Reason: invalid_redirect_uri: redirect_uris/,
    ],
  ],
  [
    'the browser is never opened',
    ready,
    [/Status: stopped at registration\.answered/, /missing: It did not open the authorization page/],
  ],
  [
    'the client sends an authorization request that is wrong',
    async (peers) => {
      const { server, identity } = await ready(peers)
      const wrong = { resource: demoUrl, overrides: { code_challenge: undefined } }
      const { url } = await peers.client.steps.authorizationRequest(server, identity, wrong)
      await peers.browser.open(url)
    },
    [/Status: failed at authorization\.refused/, /What happened: .* invalid_request: code_challenge/],
  ],
  [
    'the client is unknown',
    async (peers) => {
      const { request } = await ready(peers)
      const url = new URL(request.url)
      url.searchParams.set('client_id', 'somebody-else')
      await peers.browser.open(url.href)
    },
    [/Status: failed at page\.refused/, /What happened: .* unknown_client/],
  ],
  [
    'the user stays at the identity provider',
    async (peers) => {
      const { request } = await ready(peers)
      await peers.request(request.url).then(async (answer) => {
        const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
        const headers = { cookie: cookies.join('; ') }
        await peers.request(new URL(answer.headers.get('location') ?? '', publicUrl).href, { headers })
      })
    },
    [/Status: stopped at login\.started/, /missing: It did not come back/, /What to do: .*redirect URI/],
  ],
  [
    'the identity provider refuses our client',
    async (peers) => {
      const { request } = await ready(peers)
      peers.idp.bend('token', () => Response.json({ error: 'invalid_client' }, { status: 401 }))
      await peers.browser.open(request.url)
    },
    [/Status: failed at login\.failed/, /invalid_client|token_exchange/],
  ],
  [
    'the user decides nothing',
    async (peers) => {
      const { request } = await ready(peers)
      await peers.browser.open(request.url)
    },
    [/Status: stopped at consent\.asked/, /missing: There was no decision/],
  ],
  [
    'the user says no',
    async (peers) => {
      const { request } = await ready(peers)
      await answerPage(await peers.browser.open(request.url), { denies: true })
    },
    [/Status: failed at consent\.denied/],
  ],
  [
    'the client never redeems the code',
    async (peers) => {
      const { request } = await ready(peers)
      await peers.client.authorize(request)
    },
    [/Status: stopped at consent\.approved/, /missing: The client did not redeem the code/],
  ],
  [
    'the client redeems the code with another verifier',
    async (peers) => {
      const { server, identity, request } = await ready(peers)
      const callback = await peers.client.authorize(request)
      const other = { ...request, pkce: { ...request.pkce, verifier: 'x'.repeat(43) } }
      await peers.client.steps.redeem(server, identity, other, callback.parameters.get('code') ?? '')
    },
    [/Status: failed at token\.refused/, /What happened: .* invalid_grant: code_verifier does not match/],
  ],
  [
    'the client redeems the code too late',
    async (peers) => {
      const { server, identity, request } = await ready(peers)
      const callback = await peers.client.authorize(request)
      peers.clock.advance(600)
      await peers.client.steps.redeem(server, identity, request, callback.parameters.get('code') ?? '')
    },
    [
      /Status: failed at token\.refused/,
      /What happened: .* invalid_grant: The code is unknown or has expired/,
    ],
  ],
  [
    'the client has its tokens and does not use them',
    async (peers) => {
      const { server, identity, request } = await ready(peers)
      await peers.client.redeem(server, identity, request, await peers.client.authorize(request))
    },
    [/Status: stopped at token\.issued/, /missing: It has not used them on the route/],
  ],
  [
    'the client is connected and calls no tool',
    async ({ client }) => {
      const connection = await client.connect(demoUrl)
      await connection.call('tools/list')
    },
    [/Status: stopped at route\.used/, /What to do: Nothing is wrong so far/],
  ],
  [
    'the upstream needs an account that is not connected',
    async ({ client }) => {
      const connection = await client.connect(demoUrl)
      await connection.call('tools/call', { name: 'search', arguments: {} })
    },
    [/Status: failed at connection\.required/, /What to do: The user has to connect the account/],
    {
      routes: [
        {
          path: '/mcp/demo',
          id: 'demo',
          upstream: { url: 'https://upstream.example/mcp', connection: 'team' },
        },
      ],
      connections: [
        {
          id: 'team',
          displayName: 'Team',
          authMode: 'shared-oauth',
          url: 'https://upstream.example/mcp',
          adminGroups: ['admins'],
        },
      ],
    },
  ],
]

describe('the printed trace of an attempt', () => {
  it.each(failures)('says what is wrong when %s', async (_, act, expected, options) => {
    const peers = tracedGateway(options)
    await act(peers)
    const printed = await peers.printed()
    for (const pattern of expected) expect(printed).toMatch(pattern)
  })

  it('tells the whole way from the first 401 to the first tool call, under one id', async () => {
    const { client, printed, storage } = tracedGateway()
    const connection = await client.connect(demoUrl)
    await connection.call('tools/call', { name: 'search', arguments: {} })
    await connection.call('tools/call', { name: 'search', arguments: {} })
    const text = await printed()
    const names = [...text.matchAll(/^ {2}\+\d+s\s+(\S+)/gm)].map(([, name]) => name)
    expect(names).toEqual([
      'challenge.sent',
      'resource_metadata.read',
      'server_metadata.read',
      'registration.answered',
      'authorization.started',
      'login.started',
      'login.succeeded',
      'consent.asked',
      'consent.approved',
      'token.issued',
      'route.used',
      'tool.called',
    ])
    expect(text).toMatch(/Status: complete at tool\.called/)
    expect((await listTraces(storage)).map(({ kind }) => kind).sort()).toEqual(['attempt', 'discovery'])
  })

  it('holds no token, no code and no secret', async () => {
    const { client, idp, printed } = tracedGateway()
    const connection = await client.connect(demoUrl)
    const text = await printed()
    const { accessToken, refreshToken = '' } = connection.tokens
    const secrets = [accessToken, refreshToken, idp.clients[0]?.clientSecret ?? '', connection.request.state]
    for (const secret of [...secrets, connection.callback.parameters.get('code') ?? '']) {
      expect(secret).not.toBe('')
      expect(text).not.toContain(secret)
    }
  })

  it('is found by the reference of an error page', async () => {
    const { browser, printed } = tracedGateway()
    const page = await browser.open(`${publicUrl}/oauth/setup?transaction=gone`)
    const reference = /class="mono">([\w-]+)</.exec(page.body)?.[1] ?? ''
    expect(await printed(reference)).toMatch(/Status: failed at page\.refused/)
  })

  it('does not take the discovery of another client for that of this one', async () => {
    const peers = tracedGateway()
    await ready(peers)
    const { request } = await ready(peers)
    await peers.browser.open(request.url)
    expect((await peers.printed()).match(/registration\.answered/g)).toHaveLength(1)
    const other = new URL(request.url)
    other.searchParams.set('client_id', 'unknown')
    const page = await peers.browser.open(other.href)
    const reference = /class="mono">([\w-]+)</.exec(page.body)?.[1] ?? ''
    expect(await peers.printed(reference)).not.toMatch(/registration\.answered/)
  })

  it('is gone after its time', async () => {
    const { client, clock, gateway, storage } = tracedGateway({ traces: { retainSeconds: 60 } })
    await client.challenge(demoUrl)
    await gateway.finish()
    const [trace] = await listTraces(storage)
    expect(await readTrace(storage, trace?.id ?? '')).toBeDefined()
    clock.advance(60)
    expect(await readTrace(storage, trace?.id ?? '')).toBeUndefined()
  })

  it('is not kept when traces are off', async () => {
    const { client, gateway, storage } = tracedGateway({ traces: 'off' })
    await client.connect(demoUrl)
    await gateway.finish()
    expect(await listTraces(storage)).toEqual([])
  })

  it('keeps the first registrations of a program, however often it registers', async () => {
    const peers = tracedGateway()
    const { client } = peers
    const challenge = await client.challenge(demoUrl)
    const resource = await client.protectedResource(demoUrl, challenge)
    const server = await client.authorizationServer(resource.authorization_servers?.[0] ?? '')
    const registered = []
    for (let count = 0; count < 25; count += 1) registered.push((await client.register(server)).clientId)
    await peers.gateway.finish()
    const [trace] = await listTraces(peers.storage)
    const steps = (await readTrace(peers.storage, trace?.id ?? ''))?.steps ?? []
    const kept = steps.filter(({ name }) => name === 'registration.answered').map(({ clientId }) => clientId)
    expect(kept).toEqual(registered.slice(0, 20))
  })

  it('A09 J04 keeps few of the refusals that anybody can bring about who knows the id of a client', async () => {
    const peers = tracedGateway({ limits: undefined })
    const { identity, request: authorization } = await ready(peers)
    await peers.browser.open(authorization.url)
    const form = { grant_type: 'refresh_token', refresh_token: 'guessed', client_id: identity.clientId }
    for (let index = 0; index < 60; index += 1) {
      await peers.request(`${publicUrl}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
    }
    await peers.gateway.finish()
    const trace = (await listTraces(peers.storage)).find(({ kind }) => kind === 'attempt')
    const steps = (await readTrace(peers.storage, trace?.id ?? ''))?.steps ?? []
    expect(steps.filter(({ name }) => name === 'token.refused')).toHaveLength(20)
  })

  it('is kept of so many attempts in a minute only, whoever makes them', async () => {
    const { request, gateway, storage } = tracedGateway({ limits: undefined })
    for (let index = 0; index < 650; index += 1) {
      await request(`${publicUrl}/mcp/demo`, {
        method: 'POST',
        headers: { 'user-agent': `program ${index}` },
      })
    }
    await gateway.finish()
    expect(await listTraces(storage, 1000)).toHaveLength(600)
  })
})
