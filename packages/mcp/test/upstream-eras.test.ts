import { describe, expect, it } from 'vitest'

import type { JsonObject } from '../src/index.ts'
import type { RequestContext } from '../src/request-context.ts'
import { probeEra } from '../src/translate/probe-era.ts'
import { ada, startGateway, transports } from './peers/gateway.ts'
import { initialize, modern, post } from './peers/messages.ts'
import { startScriptedModern } from './peers/scripted-modern-upstream.ts'
import { startScriptedSessions } from './peers/scripted-session-upstream.ts'
import { type Script, startUpstream } from './peers/scripted-upstream.ts'

const reply =
  (status: number, body: unknown, type = 'application/json'): Script =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': type })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
  }
const discovery = (supportedVersions: unknown): JsonObject => ({
  jsonrpc: '2.0',
  id: 1,
  result: { supportedVersions },
})
const error = (code: number): JsonObject => ({ jsonrpc: '2.0', id: null, error: { code, message: 'no' } })

describe('PROXY-09 the era of an upstream', () => {
  it.each<[string, Script, boolean | undefined]>([
    ['a discovery with our version', reply(200, discovery(['2026-07-28'])), true],
    [
      'a discovery in an event stream',
      reply(
        200,
        `event: message\ndata: ${JSON.stringify(discovery(['2026-07-28']))}\n\n`,
        'text/event-stream',
      ),
      true,
    ],
    ['a discovery without our version', reply(200, discovery(['2025-11-25'])), false],
    ['−32022', reply(400, error(-32_022)), true],
    ['−32020', reply(400, error(-32_020)), true],
    ['−32021', reply(400, error(-32_021)), true],
    ['400 of a session server', reply(400, error(-32_000)), false],
    ['400 without a body', reply(400, ''), false],
    ['404 of a web server', reply(404, '<h1>Not Found</h1>', 'text/html'), false],
    ['405', reply(405, ''), false],
    ['an unknown method with 200', reply(200, error(-32_601)), false],
    ['401', reply(401, error(-32_000)), undefined],
    ['403', reply(403, ''), undefined],
    ['429', reply(429, ''), undefined],
    ['500', reply(500, ''), undefined],
    ['503', reply(503, ''), undefined],
    ['a redirect', reply(302, ''), undefined],
    ['a broken connection', (_request, response) => response.destroy(), undefined],
  ])('%s', async (_name, script, expected) => {
    const upstream = await startUpstream(script)
    const context = {
      url: upstream.url,
      commonHeaders: {},
      credential: { headers: { authorization: 'Bearer x' } },
    }
    expect(
      await probeEra((url, init) => fetch(url, init), {
        ...context,
        caller: ada,
      } as unknown as RequestContext),
    ).toBe(expected)
    expect(upstream.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer x',
      'mcp-method': 'server/discover',
      'mcp-protocol-version': '2026-07-28',
    })
  })
})

describe.each(transports)('PROXY-09 over %s', (transport) => {
  const { body, headers } = modern('tools/list')

  it('is asked for once, and again after a while', async () => {
    const upstream = await startScriptedSessions()
    const clock = { now: 1_000 }
    const gateway = await startGateway(transport, upstream.url, { era: 'auto', now: () => clock.now })
    const ask = async () => {
      await Promise.all([post(gateway.url, body, headers), post(gateway.url, body, headers)])
      return upstream.requests('server/discover').length
    }
    expect(await ask()).toBe(1)
    clock.now += 599
    expect(await ask()).toBe(1)
    clock.now += 1
    expect(await ask()).toBe(2)
  })

  it('is asked for again while nothing is known, and messages pass as they are', async () => {
    const upstream = await startUpstream(reply(503, ''))
    const gateway = await startGateway(transport, upstream.url, { era: 'auto' })
    expect((await post(gateway.url, body, headers)).status).toBe(502)
    expect((await post(gateway.url, body, headers)).status).toBe(502)
    expect(upstream.seen.map(({ message }) => message['method'])).toEqual([
      'server/discover',
      'tools/list',
      'server/discover',
      'tools/list',
    ])
  })

  it.each(['modern', 'both'] as const)(
    'is %s if the operator says so: nothing is asked, nothing translated for a modern client',
    async (era) => {
      const upstream = await startScriptedModern()
      const gateway = await startGateway(transport, upstream.url, { era })
      expect(await (await post(gateway.url, body, headers)).json()).toMatchObject({
        result: { resultType: 'complete' },
      })
      expect(upstream.seen).toHaveLength(1)
    },
  )

  it('is legacy if the operator says so: a modern client gets a session at once', async () => {
    const upstream = await startScriptedSessions()
    const gateway = await startGateway(transport, upstream.url, { era: 'legacy' })
    expect((await post(gateway.url, body, headers)).status).toBe(200)
    expect(upstream.requests('server/discover')).toEqual([])
  })

  it('is modern if the operator says so: a session client is not sent to be refused', async () => {
    const upstream = await startScriptedModern()
    const gateway = await startGateway(transport, upstream.url, { era: 'modern' })
    expect((await post(gateway.url, initialize())).headers.get('mcp-session-id')).not.toBeNull()
    expect(upstream.requests('initialize')).toEqual([])
  })

  it('is both if the operator says so: a refusal is passed on', async () => {
    const upstream = await startScriptedModern()
    const gateway = await startGateway(transport, upstream.url, { era: 'both' })
    const response = await post(gateway.url, initialize())
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: -32_022 } })
  })
})
