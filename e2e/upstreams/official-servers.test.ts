import { expect, it } from 'vitest'

import { startConnectedGateway } from './connected-gateway.ts'
import { sessionServer, statelessServer } from './mcp-servers.ts'
import { publicUrl } from './names.ts'
import { generations, signIn } from './signed-in-client.ts'

const servers = {
  'stateless server whose authorization server reads metadata documents': [statelessServer, 'document'],
  'server with sessions whose authorization server registers clients': [sessionServer, 'dynamic'],
} as const

const clients = Object.keys(generations) as (keyof typeof generations)[]
const cases = Object.entries(servers).flatMap(([server, [create, registration]]) =>
  clients.map((client) => ({ server, client, create, registration })),
)

it.each(cases)(
  'UP-09 $client uses a $server',
  async ({ client, create, registration }) => {
    const server = create()
    const { world, upstream, browser } = await startConnectedGateway(server, registration)
    const { log } = upstream.authorization
    const documentUrl = `${publicUrl}/.well-known/oauth-client/notes`
    expect([...log.clients]).toEqual(registration === 'document' ? [documentUrl] : log.registered)
    expect(log.registered).toHaveLength(registration === 'document' ? 0 : 1)

    const { client: signedIn, accessToken } = await signIn(world, browser, client, 'notes')
    const { tools } = await signedIn.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'count', 'wait'])
    expect(await signedIn.callTool('echo', { text: 'hello' })).toMatchObject({
      result: { content: [{ type: 'text', text: 'hello' }] },
    })

    // The upstream ends the access token: one refresh, and the call goes on.
    await upstream.authorization.endAccessTokens()
    expect(await signedIn.callTool('echo', { text: 'again' })).toMatchObject({
      result: { content: [{ type: 'text', text: 'again' }] },
    })
    expect(log).toMatchObject({ grants: ['authorization_code', 'refresh_token'], refusals: [], reuses: 0 })

    // Ten thousand events, each of which reaches the client.
    expect(await signedIn.callTool('count', { to: 10_000 })).toMatchObject({
      progress: 10_000,
      result: { content: [{ type: 'text', text: 'counted to 10000' }] },
    })

    // A call that takes its time holds up nobody.
    const slow = signedIn.callTool('wait', {})
    await expect.poll(() => server.waiting.length, { timeout: 30_000 }).toBe(1)
    expect(await signedIn.callTool('echo', { text: 'meanwhile' })).toMatchObject({
      result: { content: [{ type: 'text', text: 'meanwhile' }] },
    })
    server.release()
    expect(await slow).toMatchObject({ result: { content: [{ type: 'text', text: 'at last' }] } })

    // G03: the upstream never saw the client's token.
    expect(upstream.presented.length).toBeGreaterThan(0)
    expect(upstream.presented).not.toContain(accessToken)
  },
  60_000,
)
