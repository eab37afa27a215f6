import { describe, expect, it } from 'vitest'

import { createMcpProxy, sealedSessions, type UpstreamCall } from '../src/index.ts'
import { ada, readableSealer, startGateway, transports } from './peers/gateway.ts'
import { initialize, legacy, post } from './peers/messages.ts'
import { answer, startUpstream } from './peers/scripted-upstream.ts'
import { startSessionServer } from './peers/session-server.ts'

describe.each(transports)('sessions over %s', (transport) => {
  const as = (subject: string, clientId = 'inspector') => ({ authorization: `Bearer ${subject} ${clientId}` })

  async function openSession() {
    const upstream = await startSessionServer({ json: true })
    const gateway = await startGateway(transport, upstream.url)
    const response = await post(gateway.url, initialize(), as('ada'))
    const handle = response.headers.get('mcp-session-id') ?? ''
    await post(
      gateway.url,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { ...as('ada'), 'mcp-session-id': handle },
    )
    return { upstream, gateway, handle }
  }

  it('TL-03 gives the client a handle of visible ASCII in place of the upstream id', async () => {
    const { upstream, handle } = await openSession()
    expect(handle).toMatch(/^[\x21-\x7e]+$/)
    expect([...upstream.sessions.keys()]).not.toContain(handle)
  })

  it('TL-04, TL-05 serves the session to the user and client that opened it, whatever their token is now', async () => {
    const { gateway, handle } = await openSession()
    const response = await post(gateway.url, legacy('tools/list'), { ...as('ada'), 'mcp-session-id': handle })
    expect(response.status).toBe(200)
    expect(response.headers.get('mcp-session-id')).toBe(handle)
  })

  it.each([
    ['another user', 'bob', 'inspector'],
    ['another client of the same user', 'ada', 'cursor'],
  ])('TL-04, H05 answers %s by 404, and does not ask the upstream', async (_name, subject, clientId) => {
    const { gateway, upstream, handle } = await openSession()
    const before = upstream.seen.length
    const headers = { ...as(subject, clientId), 'mcp-session-id': handle }
    const answers = await Promise.all([
      post(gateway.url, legacy('tools/list'), headers),
      fetch(gateway.url, { headers: { ...headers, accept: 'text/event-stream' } }),
      fetch(gateway.url, { method: 'DELETE', headers }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
    expect(upstream.seen).toHaveLength(before)
    expect(upstream.sessions.size).toBe(1)
  })

  it.each(['unknown', '', '.', 'eyJ9.e30.x'])(
    'TL-03, COMPAT-15 answers the made-up handle %j by 404',
    async (handle) => {
      const { gateway } = await openSession()
      const response = await post(gateway.url, legacy('tools/list', {}, 9), {
        ...as('ada'),
        'mcp-session-id': handle,
      })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ id: 9, error: { code: -32_600 } })
    },
  )

  it('H05 answers the upstream id itself by 404', async () => {
    const { gateway, upstream } = await openSession()
    const [id = ''] = upstream.sessions.keys()
    const response = await post(gateway.url, legacy('tools/list'), { ...as('ada'), 'mcp-session-id': id })
    expect(response.status).toBe(404)
  })

  it('TL-02, TL-03 ends a session by DELETE; afterwards it is 404', async () => {
    const { gateway, upstream, handle } = await openSession()
    const headers = { ...as('ada'), 'mcp-session-id': handle }
    expect((await fetch(gateway.url, { method: 'DELETE', headers })).status).toBe(200)
    expect(upstream.sessions.size).toBe(0)
    const response = await post(gateway.url, legacy('tools/list', {}, 9), headers)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ id: null, error: { code: -32_001 } })
  })

  it('G05 ends a session for a user who has connected another account at the upstream', async () => {
    let account: string | undefined = '1'
    const upstream = await startSessionServer({ json: true })
    const gateway = await startGateway(transport, upstream.url, {
      upstream: {
        url: upstream.url,
        name: 'Upstream',
        era: 'both',
        authorize: () => ({ headers: { authorization: 'Bearer token' }, account }),
      },
    })
    const handle = (await post(gateway.url, initialize(), as('ada'))).headers.get('mcp-session-id') ?? ''
    const statusOf = async (connected: string | undefined) => {
      account = connected
      const headers = { ...as('ada'), 'mcp-session-id': handle }
      return (await post(gateway.url, legacy('tools/list'), headers)).status
    }
    expect(await statusOf('1')).toBe(200)
    expect(await statusOf('2')).toBe(404)
    expect(await statusOf(undefined)).toBe(404)
    expect(await statusOf('1')).toBe(200)
  })

  it('TL-06 keeps a session over a restart of the gateway', async () => {
    const { upstream, handle } = await openSession()
    const restarted = await startGateway(transport, upstream.url)
    const response = await post(restarted.url, legacy('tools/list'), {
      ...as('ada'),
      'mcp-session-id': handle,
    })
    expect(response.status).toBe(200)
  })

  it('TL-06 keeps the sessions of two routes apart', async () => {
    const { upstream, handle } = await openSession()
    const other = await startGateway(transport, upstream.url, {
      sessions: sealedSessions(readableSealer, 'http://gateway.test/other'),
    })
    const response = await post(other.url, legacy('tools/list'), { ...as('ada'), 'mcp-session-id': handle })
    expect(response.status).toBe(404)
  })

  it('TL-02 passes a GET stream through, resumed where the client left off', async () => {
    const upstream = await startUpstream(({ method }, response) => {
      if (method === 'POST')
        return answer({}, { 'mcp-session-id': 'upstream-id' })({ ...request, method }, response)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('id: 8\nevent: message\ndata: {"jsonrpc":"2.0","method":"notifications/message"}\n\n')
    })
    const request = { url: '/mcp', headers: {}, text: '', message: initialize() }
    const gateway = await startGateway(transport, upstream.url)
    const handle = (await post(gateway.url, initialize())).headers.get('mcp-session-id') ?? ''
    const headers = { accept: 'text/event-stream', 'mcp-session-id': handle, 'last-event-id': '7' }
    const response = await fetch(gateway.url, { headers })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toContain('id: 8\n')
    expect(upstream.seen[1]).toMatchObject({
      method: 'GET',
      headers: { 'mcp-session-id': 'upstream-id', 'last-event-id': '7', accept: 'text/event-stream' },
    })
  })

  it('TL-08 H06 resumes no stream outside of a session: an upstream without any cannot tell whose it was', async () => {
    const upstream = await startUpstream(({ headers }, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const text = headers['last-event-id'] === 'ada-1' ? 'what ada asked for' : 'news'
      response.end(
        `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { text } })}\n\n`,
      )
    })
    const gateway = await startGateway(transport, upstream.url)
    const listen = { accept: 'text/event-stream', authorization: 'Bearer bob inspector' }
    const refused = await fetch(gateway.url, { headers: { ...listen, 'last-event-id': 'ada-1' } })
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('Mcp-Session-Id')])
    expect(upstream.seen).toEqual([])
    expect(await (await fetch(gateway.url, { headers: listen })).text()).toContain('news')
  })

  it.each([
    ['a credential of their own', true, 200],
    ['a credential that all share', undefined, 400],
  ])('TL-08 lets the user resume a stream outside of a session by %s', async (_, isPersonal, status) => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('id: 2\ndata: \n\n')
    })
    const authorize = ({ caller }: UpstreamCall) => ({
      headers: { authorization: `Bearer of-${caller.subject}` },
      isPersonal,
    })
    const gateway = await startGateway(transport, upstream.url, {
      upstream: { url: upstream.url, name: 'Upstream', era: 'legacy', authorize },
    })
    const headers = { ...as('ada'), accept: 'text/event-stream', 'last-event-id': '1' }
    expect((await fetch(gateway.url, { headers })).status).toBe(status)
    const resumed = { headers: { authorization: 'Bearer of-ada', 'last-event-id': '1' } }
    expect(upstream.seen).toMatchObject(status === 200 ? [resumed] : [])
  })

  it('TR-01, TL-02 passes a 405 for GET and DELETE on', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(405, { 'content-type': 'text/html' }).end('<h1>no</h1>')
    })
    const gateway = await startGateway(transport, upstream.url)
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(gateway.url, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('POST')
      expect(await response.text()).not.toContain('<h1>')
    }
  })

  it('TL-03 takes a session id that is no visible ASCII, or endless, for none', async () => {
    for (const id of ['with space', 'x'.repeat(1_025)]) {
      const upstream = await startUpstream(answer({}, { 'mcp-session-id': id }))
      const gateway = await startGateway(transport, upstream.url)
      expect((await post(gateway.url, initialize())).headers.get('mcp-session-id')).toBeNull()
    }
  })

  it('fails closed when the session cannot be looked up', async () => {
    const upstream = await startUpstream()
    const trouble = new Error('storage is away')
    const gateway = await startGateway(transport, upstream.url, {
      sessions: { bind: () => Promise.reject(trouble), open: () => Promise.reject(trouble) },
    })
    const response = await post(gateway.url, legacy('tools/list'), { 'mcp-session-id': 'x' })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.text()).not.toContain('storage')
    expect(gateway.errors).toEqual([trouble])
    expect(upstream.seen).toEqual([])
  })
})

it('refuses options that cannot work, at once', () => {
  const sessions = sealedSessions(readableSealer, 'route')
  const start = (url: string, limits = {}, name = 'Upstream') =>
    createMcpProxy({ upstream: { url, name }, sessions, limits })
  expect(() => start('http://127.0.0.1/mcp')).not.toThrow()
  expect(() => start('/mcp')).toThrow('upstream.url must be the absolute URL')
  expect(() => start('ftp://127.0.0.1/mcp')).toThrow('upstream.url must be the absolute URL')
  expect(() => start('http://user:secret@127.0.0.1/mcp')).toThrow('neither user info')
  expect(() => start('http://127.0.0.1/mcp#a')).toThrow('nor a fragment')
  expect(() => start('http://127.0.0.1/mcp', {}, '')).toThrow('upstream.name')
  expect(() => start('http://127.0.0.1/mcp', { requestMs: 0 })).toThrow('limits.requestMs')
  expect(() => start('http://127.0.0.1/mcp', { keepAliveMs: 1.5 })).toThrow('limits.keepAliveMs')
})

it('opens a sealed session only in the context it was sealed in', async () => {
  const sessions = sealedSessions(readableSealer, 'route')
  const handle = await sessions.bind({ kind: 'upstream', upstreamId: 'id', opensUrls: true }, ada)
  expect(await sessions.open(handle, ada)).toEqual({ kind: 'upstream', upstreamId: 'id', opensUrls: true })
  expect(await sessions.open(handle, { ...ada, subject: 'bob' })).toBeUndefined()
})

it('TL-04 decrypts a handle once for its caller, and never takes that for a permission of anybody else', async () => {
  let decrypted = 0
  const sealer = {
    ...readableSealer,
    open: (sealed: string, context: readonly string[]) => {
      decrypted += 1
      return readableSealer.open(sealed, context)
    },
  }
  const sessions = sealedSessions(sealer, 'route')
  const session = { kind: 'upstream', upstreamId: 'id', opensUrls: false } as const
  const handle = await sessions.bind(session, ada)
  expect([await sessions.open(handle, ada), await sessions.open(handle, ada)]).toEqual([session, session])
  expect(decrypted).toBe(1)
  expect(await sessions.open(handle, { ...ada, subject: 'bob' })).toBeUndefined()
  expect(await sessions.open(handle, { ...ada, clientId: 'another' })).toBeUndefined()
  expect(await sessions.open(`x${handle}`, ada)).toBeUndefined()
  expect(decrypted).toBe(4)
})

describe.each(transports)('sessions that nobody asked for, over %s', (transport) => {
  it.each([
    ['initialize', initialize(), true],
    ['tools/list', legacy('tools/list'), false],
  ])('TL-04 takes a session in the answer to %s, if that begins one', async (_method, message, begins) => {
    const upstream = await startUpstream(answer({}, { 'mcp-session-id': 'abc' }))
    const gateway = await startGateway(transport, upstream.url)
    const response = await post(gateway.url, message)
    expect(response.status).toBe(200)
    expect(response.headers.has('mcp-session-id')).toBe(begins)
  })
})
