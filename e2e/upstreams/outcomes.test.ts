import { expect, it } from 'vitest'

import { startConnectedGateway } from './connected-gateway.ts'
import { sessionServer, statelessServer } from './mcp-servers.ts'
import { publicUrl } from './names.ts'
import type { Bend } from './protected-upstream.ts'
import { type generations, signIn } from './signed-in-client.ts'
import { connectUpstream } from './world.ts'

const secret = 'only-between-upstream-and-gateway'

const answering =
  (status: number, headers: Record<string, string> = {}, body: string = secret): Bend =>
  (_request, response) => {
    response.writeHead(status, headers).end(body)
    return true
  }

/** What the upstream does, and the one defined outcome: a status, and the reason that the client is told. */
const failures: readonly (readonly [string, Bend, number, string])[] = [
  ['403 without a scope', answering(403), 502, 'refused'],
  ['429', answering(429, { 'retry-after': '17' }), 429, 'rate_limited'],
  ['500', answering(500), 502, 'failed'],
  ['503 with HTML', answering(503, { 'content-type': 'text/html' }, `<p>${secret}</p>`), 502, 'failed'],
  ['200 with HTML', answering(200, { 'content-type': 'text/html' }, `<p>${secret}</p>`), 502, 'malformed'],
  ['a redirect', answering(307, { location: `https://${secret}.example/mcp` }), 502, 'redirect'],
  ['nothing in time', () => true, 504, 'timeout'],
]

/** Refusals that the user can do something about. */
const demands: readonly (readonly [string, Bend])[] = [
  ['401, to the refreshed token too', answering(401, { 'www-authenticate': 'Bearer error="invalid_token"' })],
  [
    '403 with a scope',
    answering(403, { 'www-authenticate': 'Bearer error="insufficient_scope", scope="notes:write"' }),
  ],
]

const parties: readonly (readonly [keyof typeof generations, typeof statelessServer])[] = [
  ['SDK v2, 2026-07-28', statelessServer],
  ['SDK v1', sessionServer],
]

/** A signed-in client whose upstream can be bent for one call. */
async function signedIn(generation: keyof typeof generations, create: typeof statelessServer) {
  const { world, upstream, browser } = await startConnectedGateway(create(), 'document', {
    limits: { requestMs: 6000 },
  })
  const { client, exchanges } = await signIn(world, browser, generation, 'notes')
  const echo = (): Promise<string> =>
    client.callTool('echo', { text: 'good' }).then(
      ({ result }) => JSON.stringify(result),
      (error: unknown) => String(error),
    )
  return {
    browser,
    echo,
    async bentBy(bend: Bend) {
      upstream.bend(bend)
      const told = await echo()
      upstream.bend(undefined)
      return {
        told,
        status: exchanges.latest('/mcp/notes')?.status,
        headers: exchanges.latest('/mcp/notes')?.headers,
      }
    },
  }
}

it.each(parties)(
  'G07 %s is told one defined thing for each failure of an upstream',
  async (...party) => {
    const { echo, bentBy } = await signedIn(...party)
    for (const [name, bend, status, reason] of failures) {
      const { told, headers, ...answer } = await bentBy(bend)
      expect({ name, ...answer }).toEqual({ name, status })
      expect(told).toContain(`"reason":"${reason}"`)
      expect(told).not.toContain(secret)
      expect(headers?.get('retry-after') ?? undefined).toBe(status === 429 ? '17' : undefined)
      expect(headers?.get('location')).toBeNull()
      // The next call is as good as if nothing had been.
      expect(await echo()).toContain('good')
    }
  },
  60_000,
)

it.each(parties)(
  'G07 R153 R154 %s is led to connect again where only the user can help',
  async (...party) => {
    const { browser, echo, bentBy } = await signedIn(...party)
    for (const [name, bend] of demands) {
      const { told, status, headers } = await bentBy(bend)
      expect({ name, status }).toEqual({ name, status: 200 })
      expect(told).toContain(`${publicUrl}/auth/connections/notes/connect?ticket=`)
      expect(told).not.toContain(secret)
      // PROXY-05: a challenge would send the client to log in at the gateway again.
      expect(headers?.get('www-authenticate')).toBeNull()
      await connectUpstream(browser, 'notes')
      expect(await echo()).toContain('good')
    }
  },
)
