import { createKeyHolder, createScriptedMcpClient, type KeyHolder } from '@portico/test-peers'
import { expect, it } from 'vitest'

import { describeAttacks, type Open } from './describe-attacks.ts'
import type { GatewayData } from './hosts/attacked-gateway.ts'
import { demoUrl, loopbackUri, notesUrl, publicUrl, type Target } from './target.ts'
import { jsonOf } from './token-requests.ts'

const tokenUrl = `${publicUrl}/oauth/token`
const secret = '3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa'

const machine = {
  clientId: 'machine',
  name: 'Machine',
  clientSecret: secret,
  grantTypes: ['client_credentials'],
  resources: ['/mcp/demo'],
} as const

/** A gateway with DPoP switched on, a key, and the client that has it. */
async function openProven(open: Open, gateway: GatewayData = {}) {
  const target = await open({ gateway: { dpop: true, clients: [machine], ...gateway } })
  const key = await createKeyHolder({ clock: target.clock })
  const { browser, clock } = target
  const fetch = key.proving((request) => target.fetch(request))
  const holder = createScriptedMcpClient({ fetch, browser, clock, redirectUri: loopbackUri })
  return { target, key, holder }
}

/** Sends a call with these headers alone: what it was answered, in short. */
async function call(
  target: Target,
  headers: Readonly<Record<string, string>>,
  { url = demoUrl, method = 'POST' } = {},
): Promise<string> {
  const { status, headers: answered } = await target.request(url, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    ...(method === 'POST' && { body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}' }),
  })
  const [, scheme, error] = /^(\w+) error="(\w+)"/.exec(answered.get('www-authenticate') ?? '') ?? []
  return scheme === undefined ? String(status) : `${status} ${scheme} ${error}`
}

const present = (target: Target, token: string, dpop: string, at?: { url?: string; method?: string }) =>
  call(target, { authorization: `DPoP ${token}`, dpop }, at)

const badProof = '401 DPoP invalid_dpop_proof'

describeAttacks('D. Proof of possession', (open) => {
  /** Asks for a machine's token: the machine holds a key, or does not. */
  async function requestToken(target: Target, headers: Readonly<Record<string, string>> = {}) {
    const authorization = `Basic ${btoa(`machine:${secret}`)}`
    const response = await target.request(tokenUrl, {
      method: 'POST',
      headers: { authorization, ...headers },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: demoUrl }),
    })
    return jsonOf(response)
  }
  const proveTokenRequest = (key: KeyHolder, claims = {}, header = {}) =>
    key.prove({ htm: 'POST', htu: tokenUrl, ...claims }, header)

  it('D07 issues a bound token for a proof about this very request, once (RFC 9449 section 4.3)', async () => {
    const { target, key } = await openProven(open)
    const now = target.clock.seconds()
    const good = await proveTokenRequest(key)
    const bad = [
      await proveTokenRequest(key, { htm: 'GET' }),
      await proveTokenRequest(key, { htu: demoUrl }),
      await proveTokenRequest(key, { iat: now - 301 }),
      await proveTokenRequest(key, { iat: now + 60 }),
      await proveTokenRequest(key, { jti: undefined }),
      await proveTokenRequest(key, {}, { typ: 'JWT' }),
      await proveTokenRequest(key, {}, { jwk: undefined }),
      `${good.slice(0, -4)}AAAA`,
      'nonsense',
    ]
    for (const dpop of bad) {
      expect(await requestToken(target, { dpop })).toMatchObject({ error: 'invalid_dpop_proof' })
    }
    expect(await requestToken(target, { dpop: good })).toMatchObject({ token_type: 'DPoP' })
    expect(await requestToken(target, { dpop: good })).toMatchObject({ error: 'invalid_dpop_proof' })
  })

  it('D07 keeps out who stole a bound token and not its key (RFC 9449 section 2)', async () => {
    const { target, key, holder } = await openProven(open)
    const connection = await holder.connect(demoUrl)
    const { accessToken } = connection.tokens
    // The gateway knows the token well by then.
    expect((await connection.call('tools/list')).status).toBe(200)
    const thief = await createKeyHolder({ clock: target.clock })
    const proof = await thief.proveCall(demoUrl, accessToken)
    const claimed = await thief.prove({ htm: 'POST', htu: demoUrl }, { jwk: key.jwk })
    expect(await call(target, { authorization: `Bearer ${accessToken}` })).toBe('401 Bearer invalid_token')
    expect(await call(target, { authorization: `Bearer ${accessToken}`, dpop: proof })).toBe(
      '401 Bearer invalid_token',
    )
    const registry = { url: `${publicUrl}/mcp-registry/v0.1/servers`, method: 'GET' }
    expect(await call(target, { authorization: `Bearer ${accessToken}` }, registry)).toBe(
      '401 Bearer invalid_token',
    )
    expect(await call(target, {}, registry)).toBe('200')
    expect(await call(target, { authorization: `DPoP ${accessToken}` })).toBe(badProof)
    expect(await present(target, accessToken, proof)).toBe(badProof)
    expect(await present(target, accessToken, claimed)).toBe(badProof)
    expect(target.upstreamRequests).toHaveLength(1)
    expect(await present(target, accessToken, await key.proveCall(demoUrl, accessToken))).toBe('200')
  })

  it('D07 takes a proof for the method, the route and the token that it names (RFC 9449 section 4.3)', async () => {
    const { target, key, holder } = await openProven(open)
    const { accessToken } = (await holder.connect(demoUrl)).tokens
    const other = (await holder.connect(notesUrl)).tokens.accessToken
    const now = target.clock.seconds()
    for (const claims of [
      { htu: notesUrl },
      { htu: 'https://evil.example/mcp/demo' },
      { htm: 'GET' },
      { ath: undefined },
      { iat: now - 301 },
      { iat: now + 301 },
      { jti: undefined },
    ]) {
      expect(await present(target, accessToken, await key.proveCall(demoUrl, accessToken, claims))).toBe(
        badProof,
      )
    }
    expect(await present(target, accessToken, await key.proveCall(demoUrl, other))).toBe(badProof)
    // Read from a request of the client, and sent with another method, or on to another route with that one's token.
    const seen = await key.proveCall(demoUrl, accessToken)
    expect(await present(target, accessToken, seen, { method: 'GET' })).toBe(badProof)
    expect(await present(target, other, seen, { url: notesUrl })).toBe(badProof)
    expect(await present(target, accessToken, seen, { url: notesUrl })).toBe('401 DPoP invalid_token')
    expect(target.upstreamRequests).toEqual([])
    expect(await present(target, accessToken, seen)).toBe('200')
  })

  it('D07 takes a proof once, on however many nodes and however many at once (RFC 9449 section 11.1)', async () => {
    const { target, key, holder } = await openProven(open)
    const other = await target.otherNode()
    const { accessToken } = (await holder.connect(demoUrl)).tokens
    const proof = await key.proveCall(demoUrl, accessToken)
    const nodes = [target, other, target, other, target, other]
    const answers = await Promise.all(nodes.map((node) => present(node, accessToken, proof)))
    expect(answers.filter((answer) => answer === '200')).toHaveLength(1)
    expect(answers.filter((answer) => answer === badProof)).toHaveLength(5)
    expect(target.upstreamRequests.length + other.upstreamRequests.length).toBe(1)
    for (const node of nodes) expect(await present(node, accessToken, proof)).toBe(badProof)
    // It is forgotten when its time has run out, and not before.
    target.clock.advance(300)
    expect(await present(target, accessToken, proof)).toBe(badProof)
    target.clock.advance(300)
    expect(await present(target, accessToken, proof)).toBe(badProof)
    expect(await present(other, accessToken, await key.proveCall(demoUrl, accessToken))).toBe('200')
  })

  it('D07 takes no bearer token for more than it is (RFC 9449 section 7.1)', async () => {
    const { target, key } = await openProven(open)
    const { accessToken } = (await target.client.connect(demoUrl)).tokens
    const proof = await key.proveCall(demoUrl, accessToken)
    expect(await present(target, accessToken, proof)).toBe('401 DPoP invalid_token')
    expect(await call(target, { authorization: `Bearer ${accessToken}` })).toBe('200')
  })

  it('D07 neither issues nor takes bearer tokens where a route wants bound ones (RFC 9728 section 2)', async () => {
    const upstream = { url: 'https://upstream.example/mcp' }
    const { target, key } = await openProven(open, {
      routes: [{ path: '/mcp/demo', id: 'demo', upstream, dpopBound: true }],
    })
    const before = await target.otherNode({ routes: [{ path: '/mcp/demo', id: 'demo', upstream }] })
    const bearer = String((await requestToken(before))['access_token'])
    expect(await call(before, { authorization: `Bearer ${bearer}` })).toBe('200')
    expect(await call(target, { authorization: `Bearer ${bearer}` })).toBe('401 DPoP invalid_token')
    expect(await requestToken(target)).toMatchObject({ error: 'invalid_dpop_proof' })
    const dpop = await proveTokenRequest(key)
    const bound = String((await requestToken(target, { dpop }))['access_token'])
    expect(await present(target, bound, await key.proveCall(demoUrl, bound))).toBe('200')
  })

  it('D07 takes no proof that was made in advance, where a nonce is asked for (RFC 9449 section 9)', async () => {
    const { target, key, holder } = await openProven(open, { dpopNonceTtlSeconds: 60 })
    const connection = await holder.connect(demoUrl)
    const { accessToken } = connection.tokens
    const inAdvance = await key.proveCall(demoUrl, accessToken, { iat: target.clock.seconds() + 200 })
    const invented = await key.proveCall(demoUrl, accessToken, { nonce: 'A'.repeat(43) })
    target.clock.advance(120)
    for (const proof of [inAdvance, invented]) {
      expect(await present(target, accessToken, proof)).toBe('401 DPoP use_dpop_nonce')
    }
    expect((await connection.call('tools/list')).status).toBe(200)
  })

  it('D07 shows neither token nor proof to upstreams and operators', async () => {
    const { target, key, holder } = await openProven(open)
    const { accessToken } = (await holder.connect(demoUrl)).tokens
    const proof = await key.proveCall(demoUrl, accessToken)
    expect(await present(target, accessToken, proof)).toBe('200')
    expect(await present(target, accessToken, proof)).toBe(badProof)
    const [seen] = target.upstreamRequests
    expect(seen?.headers.has('dpop')).toBe(false)
    const told = JSON.stringify([[...(seen?.headers ?? [])], seen?.body, target.events, target.errors])
    expect(told).not.toContain(accessToken)
    expect(told).not.toContain(proof)
  })
})
