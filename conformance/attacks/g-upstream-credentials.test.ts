import { createScriptedUpstream } from '@portico/test-peers'
import { expect, it } from 'vitest'

import { cookieHeader } from './cookie-header.ts'
import { describeAttacks } from './describe-attacks.ts'
import { connectLinear, connectPage, disconnectLinear, linear } from './linear-upstream.ts'
import { demoUrl, notesUrl, publicUrl, type Target } from './target.ts'
import { jsonOf, tokensOf } from './token-requests.ts'
import { recordingStorage } from './wrapped-storages.ts'

/** A gateway whose users connect an account at the upstream. */
function linearTarget(server = createScriptedUpstream()) {
  return { server, options: { gateway: linear(), others: server.servers } }
}

const bearerOf = (target: Target): readonly (string | null)[] =>
  target.upstreamRequests.map(({ headers }) => headers.get('authorization'))

describeAttacks('G. Upstream credentials', (open) => {
  it('G01 refuses a connect link that was made for another user, and names who would connect (authup 3439)', async () => {
    const { options } = linearTarget()
    const target = await open(options)
    await connectLinear(target)
    const connection = await target.client.connect(demoUrl)
    expect(await disconnectLinear(target)).toBe(204)
    const { result } = await connection.call('tools/call', { name: 'echo', arguments: {} })
    const [link = ''] =
      /https:\/\/mcp\.example\.com\/auth\/connections\/linear\/connect\?[^"\\]+/.exec(
        JSON.stringify(result),
      ) ?? []
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    const eve = await connectPage(target, target.otherBrowser(), link)
    expect([eve.status, eve.text.includes('This link was made for somebody else')]).toEqual([403, true])
    const own = await connectPage(target, target.browser, link)
    expect(own.text).toContain('Ada Lovelace')
  })

  it('G01 takes the answer of an upstream once, and in the session that asked (nhost 4572)', async () => {
    const { server, options } = linearTarget()
    const target = await open(options)
    const stops = [`https://as.upstream.example/authorize`]
    const attacker = target.otherBrowser(stops)
    const answer = async (browser: typeof attacker) => {
      const stopped = await connectLinear(target, browser)
      const response = await server.servers['https://as.upstream.example']?.(new Request(stopped.url))
      return response?.headers.get('location') ?? ''
    }
    const hers = await answer(attacker)
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    await connectPage(target)
    // The victim's browser would put the attacker's account into the victim's vault.
    expect((await target.browser.open(hers)).status).toBe(400)
    expect(server.accessTokens).toEqual([])
    // It is used up by that.
    expect((await attacker.open(hers)).status).toBe(400)
    const again = await answer(attacker)
    expect((await attacker.open(again)).status).toBe(200)
    expect((await attacker.open(again)).status).toBe(400)
    expect(server.accessTokens).toHaveLength(1)
  })

  it('G01 keeps nothing of an answer that is an error or comes from another issuer', async () => {
    for (const callback of [
      (parameters: URLSearchParams) => {
        parameters.delete('code')
        parameters.set('error', 'server_error')
      },
      (parameters: URLSearchParams) => parameters.set('iss', 'https://evil.example'),
    ]) {
      const { server, options } = linearTarget(createScriptedUpstream({ callback }))
      const target = await open(options)
      expect((await connectLinear(target)).status).toBe(502)
      expect(server.accessTokens).toEqual([])
    }
    const { server, options } = linearTarget()
    await connectLinear(await open(options))
    expect(server.accessTokens).toHaveLength(1)
  })

  it('G02 opens no vault entry that was moved to another user (AES-GCM associated data)', async () => {
    const { server, options } = linearTarget()
    const { wrapStorage, keysOf } = recordingStorage()
    const target = await open({ ...options, wrapStorage })
    await connectLinear(target)
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    const eve = target.otherBrowser()
    await connectLinear(target, eve)
    const records = await Promise.all(keysOf('connection').map((key) => target.storage.get(key)))
    const [mine, hers] = records.filter((record) => record !== undefined)
    if (!mine || !hers) throw new Error('Both users have a connection.')
    const { key: _key, version: _version, ...entry } = mine
    const swapped = { ...(mine.value as object), tokens: (hers.value as { readonly tokens: string }).tokens }
    target.idp.signInAs({ sub: 'ada', name: 'Ada Lovelace' })
    const connection = await target.client.connect(demoUrl)
    await connection.call('tools/list')
    expect(bearerOf(target)).toEqual([`Bearer ${server.accessTokens[0]}`])
    await target.storage.set(mine.key, { ...entry, value: swapped })
    const moved = await connection.call('tools/list')
    expect(moved.status).not.toBe(200)
    expect(bearerOf(target)).toHaveLength(1)
  })

  it('G02 opens entries under an older key, and none under a key that is gone', async () => {
    const { server, options } = linearTarget()
    const target = await open(options)
    await connectLinear(target)
    const older = '7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'
    const newer = 'q7s2bTz0WqkJ0mB4dXvYt9yLr5nHc1eUo3gFa6iPwZs'
    const rotated = await target.otherNode({ keys: [newer, older] })
    const connection = await rotated.client.connect(demoUrl)
    await connection.call('tools/list')
    expect(bearerOf(rotated)).toEqual([`Bearer ${server.accessTokens[0]}`])
    const { accessToken } = connection.tokens
    const retired = await target.otherNode({ keys: ['w3Zk8yQm1vN6xTr4bJd7sLf0hPc9eGu2oAi5nVtYqXk'] })
    const answer = await retired.client.mcp.call(demoUrl, 'tools/list', {}, { accessToken })
    expect(answer.status).not.toBe(200)
    expect(bearerOf(retired)).toEqual([])
  })

  it('G03 tells the upstream nothing of the client, and the client nothing of the upstream (toolhive 6681)', async () => {
    const target = await open({
      upstream: ({ body }) =>
        Response.json(
          { jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', tools: [] } },
          {
            headers: {
              'set-cookie': 'upstream=1',
              'www-authenticate': 'Bearer realm="upstream"',
              'access-control-allow-origin': '*',
              'x-internal': 'secret',
              server: 'upstream/1.0',
            },
          },
        ),
    })
    const connection = await target.client.connect(demoUrl)
    const headers = {
      cookie: cookieHeader(target.browser, publicUrl),
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=192.0.2.1',
      baggage: 'user=ada',
      'x-internal-auth': 'root',
      'x-api-key': 'mine',
    }
    const answer = await connection.call('tools/list', {}, { headers })
    expect(answer.status).toBe(200)
    const [seen] = target.upstreamRequests
    const sent = new Headers(seen?.headers)
    expect(sent.get('authorization')).toBe('Bearer upstream-key')
    for (const name of Object.keys(headers)) expect(sent.has(name)).toBe(false)
    expect(JSON.stringify([...sent]) + JSON.stringify(seen?.body)).not.toContain(
      connection.tokens.accessToken,
    )
    for (const name of ['set-cookie', 'www-authenticate', 'x-internal', 'server']) {
      expect(answer.headers.has(name)).toBe(false)
    }
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('G04 repeats no credential that an upstream echoes, to nobody (CWE-532)', async () => {
    const target = await open({
      upstream: ({ headers }) =>
        new Response(`denied: ${headers.get('authorization')}`, {
          status: 500,
          headers: { 'content-type': 'text/plain' },
        }),
    })
    const connection = await target.client.connect(demoUrl)
    const answer = await connection.call('tools/list')
    expect(answer.status).toBe(502)
    const told = [
      JSON.stringify(answer.error),
      JSON.stringify(target.events),
      ...target.errors.map((error) => String(error)),
    ]
    expect(told.join('\n')).not.toContain('upstream-key')
    expect(bearerOf(target)).toEqual(['Bearer upstream-key'])
  })

  it('G05 uses the connection of a user for nobody else, not even a machine of the operator, nor after it was withdrawn', async () => {
    const server = createScriptedUpstream()
    const secret = '3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa'
    const machine = {
      clientId: 'machine',
      name: 'Machine',
      clientSecret: secret,
      grantTypes: ['client_credentials'] as const,
      resources: ['/mcp/demo'],
    }
    const target = await open({
      gateway: { ...linear(), clients: [{ ...machine, grantTypes: [...machine.grantTypes] }] },
      others: server.servers,
    })
    await connectLinear(target)
    const user = await target.client.connect(demoUrl)
    await user.call('tools/list')
    expect(bearerOf(target)).toEqual([`Bearer ${server.accessTokens[0]}`])
    const response = await target.request('/oauth/token', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`machine:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: demoUrl }),
    })
    const { accessToken } = await tokensOf(response)
    await target.client.mcp.call(demoUrl, 'tools/call', { name: 'echo', arguments: {} }, { accessToken })
    expect(bearerOf(target)).toHaveLength(1)
    expect(await disconnectLinear(target)).toBe(204)
    await user.call('tools/call', { name: 'echo', arguments: {} })
    expect(bearerOf(target)).toHaveLength(1)
  })

  it('G06 goes to the URL of the operator, whatever a client puts into its own (GHSA-vv7q-7jx5-f767)', async () => {
    const upstream = { url: 'https://upstream.example/mcp?tenant=acme', forwardSearch: true }
    const target = await open({ gateway: { routes: [{ path: '/mcp/demo', id: 'demo', upstream }] } })
    const { tokens } = await target.client.connect(demoUrl)
    const headers = { authorization: `Bearer ${tokens.accessToken}`, 'content-type': 'application/json' }
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'
    const post = (path: string) => target.request(path, { method: 'POST', headers, body })
    for (const path of ['/mcp/demo/..%2Fadmin', '/mcp/demo/%2e%2e/admin', '/mcp/demo//evil.example']) {
      expect((await post(path)).status).toBe(404)
    }
    expect(target.upstreamRequests).toEqual([])
    await post('/mcp/demo?tenant=other&page=2&url=https://evil.example/')
    expect(target.upstreamRequests[0]?.url).toBe(
      'https://upstream.example/mcp?tenant=acme&page=2&url=https%3A%2F%2Fevil.example%2F',
    )
  })

  it.each<[number, string | undefined, number]>([
    [401, undefined, 502],
    [403, undefined, 502],
    [429, undefined, 429],
    [500, undefined, 502],
    [503, undefined, 502],
    [302, 'https://evil.example/', 502],
    [200, undefined, 502],
  ])(
    'G07 makes one defined outcome of an upstream that answers %i: never a 401 of the client',
    async (status, location, expected) => {
      let isWell = false
      const target = await open({
        upstream: () =>
          isWell
            ? undefined
            : new Response('<html>login</html>', {
                status,
                headers: {
                  'content-type': 'text/html',
                  'www-authenticate': 'Bearer resource_metadata="https://evil.example/"',
                  ...(location !== undefined && { location }),
                },
              }),
      })
      const connection = await target.client.connect(notesUrl)
      const answer = await connection.call('tools/list')
      expect(answer.status).toBe(expected)
      expect(answer.headers.has('www-authenticate')).toBe(false)
      expect(JSON.stringify(answer.error)).not.toContain('html')
      isWell = true
      expect((await connection.call('tools/list')).status).toBe(200)
    },
  )

  it('G07 answers 502 for an upstream that cannot be reached, and says nothing of why', async () => {
    const target = await open({
      upstream: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.9:443')),
    })
    const connection = await target.client.connect(demoUrl)
    const answer = await connection.call('tools/list')
    expect(answer.status).toBe(502)
    expect(JSON.stringify(answer.error)).not.toContain('10.0.0.9')
    expect(await jsonOf(await target.request('/healthz'))).toEqual({ status: 'ok' })
  })
})
