import { describe, expect, it, vi } from 'vitest'

import { type CapabilityPolicy, type JsonObject, sealedSessions } from '../src/index.ts'
import { ada, readableSealer, startGateway, transports } from './peers/gateway.ts'
import { initialize, legacy, modern, post } from './peers/messages.ts'
import { answer, events, type Script, startUpstream } from './peers/scripted-upstream.ts'

/** Hides and refuses `delete`, renames `read` to `view`, asks for more scope for `admin`. */
const policy: CapabilityPolicy = {
  judge({ method, params }) {
    const name = params?.['name']
    if (method !== 'tools/call') return { kind: 'allow' }
    if (name === 'view') return { kind: 'replace', params: { ...params, name: 'read' } }
    if (name === 'admin')
      return {
        kind: 'challenge',
        answer: { status: 403, headers: { 'www-authenticate': 'Bearer' }, body: '' },
      }
    if (name !== 'echo')
      return { kind: 'deny', error: { code: -32_602, message: `Unknown tool: ${String(name)}` } }
    return { kind: 'allow' }
  },
  filteredMethods: new Set(['tools/list']),
  filter(result, method, { subject }) {
    const { tools } = result
    if (!Array.isArray(tools)) return result
    expect(method === 'tools/list' || method === undefined).toBe(true)
    const visible = (tools as readonly JsonObject[]).filter(({ name }) => name !== 'delete')
    return { ...result, tools: visible, forUser: subject }
  },
}

const tools = [{ name: 'echo' }, { name: 'delete' }]
const list = { jsonrpc: '2.0', id: 1, result: { tools, nextCursor: 'x' } }
const filtered = {
  jsonrpc: '2.0',
  id: 1,
  result: { tools: [{ name: 'echo' }], nextCursor: 'x', forUser: 'ada' },
}

const parseEvents = (text: string) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as unknown)

describe.each(transports)('an observer of messages over %s', (transport) => {
  it('hears of every request with what was decided about it, and of each item of a batch', async () => {
    const upstream = await startUpstream(answer({ ok: true }))
    const heard: unknown[] = []
    const gateway = await startGateway(transport, upstream.url, {
      policy,
      onMessage: ({ method, params, caller, verdict }) =>
        heard.push([method, params?.['name'], caller.subject, verdict]),
    })
    for (const name of ['echo', 'view', 'delete', 'admin']) {
      const { body, headers } = modern('tools/call', { name })
      await post(gateway.url, body, headers)
    }
    const call = (id: number, name: string) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name },
    })
    await post(gateway.url, [call(1, 'echo'), call(2, 'delete')])
    expect(heard).toEqual([
      ['tools/call', 'echo', 'ada', 'allow'],
      ['tools/call', 'view', 'ada', 'replace'],
      ['tools/call', 'delete', 'ada', 'deny'],
      ['tools/call', 'admin', 'ada', 'challenge'],
      ['tools/call', 'echo', 'ada', 'allow'],
      ['tools/call', 'delete', 'ada', 'deny'],
    ])
  })
})

describe.each(transports)('a capability policy over %s', (transport) => {
  async function setUp(script?: Script) {
    const upstream = await startUpstream(script ?? answer({ ok: true }))
    const gateway = await startGateway(transport, upstream.url, { policy })
    return {
      upstream,
      gateway,
      send: (body: unknown, headers?: Record<string, string>) => post(gateway.url, body, headers),
    }
  }

  it.each(['delete', 'Delete', 'delete ', 'dеlete', ''])(
    'PROXY-16, H01 refuses a call of %j, which the upstream never hears of, in both eras',
    async (name) => {
      const { send, upstream } = await setUp()
      const { body, headers } = modern('tools/call', { name })
      for (const response of [
        await send(legacy('tools/call', { name })),
        await send(body, {
          ...headers,
          'mcp-name':
            encodeURIComponent(name) === name ? name : `=?base64?${Buffer.from(name).toString('base64')}?=`,
        }),
      ]) {
        expect(response.status).toBe(200)
        expect(await response.json()).toMatchObject({ id: 1, error: { code: -32_602 } })
      }
      expect(upstream.seen).toEqual([])
    },
  )

  it('H01 refuses a call that is repeated with inputResponses', async () => {
    const { send, upstream } = await setUp()
    const { body, headers } = modern('tools/call', { name: 'delete', inputResponses: {}, requestState: 'x' })
    expect(await (await send(body, headers)).json()).toMatchObject({ error: { code: -32_602 } })
    expect(upstream.seen).toEqual([])
  })

  it('PROXY-06, PROXY-07, H02 judges by the body, and not by headers that disagree', async () => {
    const { send, upstream } = await setUp()
    const { body, headers } = modern('tools/call', { name: 'delete' })
    expect((await send(body, { ...headers, 'mcp-name': 'echo' })).status).toBe(400)
    expect(
      (await send(legacy('tools/call', { name: 'delete' }), { 'mcp-method': 'tools/list' })).status,
    ).toBe(200)
    expect(upstream.seen).toEqual([])
  })

  it('PROXY-03 sends what the policy put in place, in the body and in the mirrored header', async () => {
    const { send, upstream } = await setUp()
    const { body, headers } = modern('tools/call', { name: 'view', arguments: { a: 1 } })
    expect((await send(body, headers)).status).toBe(200)
    expect(upstream.seen[0]?.message['params']).toMatchObject({ name: 'read', arguments: { a: 1 } })
    expect(upstream.seen[0]?.headers['mcp-name']).toBe('read')
  })

  it('SCOPE-05 RS-09 answers a request that is valid with the challenge that the policy gives', async () => {
    const { send, upstream } = await setUp()
    const response = await send(legacy('tools/call', { name: 'admin' }))
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(upstream.seen).toEqual([])
  })

  it('RS-09 answers a request that is not valid by 400, where a valid one would lack a scope', async () => {
    const { send, upstream } = await setUp()
    const { body, headers } = modern('tools/call', { name: 'admin' })
    expect((await send(body, { ...headers, 'mcp-name': 'echo' })).status).toBe(400)
    expect((await send(body, headers)).status).toBe(403)
    expect(upstream.seen).toEqual([])
  })

  it('refuses a notification with 400', async () => {
    const { send, upstream } = await setUp()
    const response = await send({ jsonrpc: '2.0', method: 'tools/call', params: { name: 'delete' } })
    expect(response.status).toBe(400)
    expect(upstream.seen).toEqual([])
  })

  it('H01 filters a list in a JSON body', async () => {
    const { send } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list))
    })
    expect(await (await send(legacy('tools/list'))).json()).toEqual(filtered)
  })

  it('H01 filters a list in an event stream, and leaves the other events as they were', async () => {
    const progress = '{"jsonrpc":"2.0",  "method":"notifications/progress","params":{"progress":1}}'
    const escaped = JSON.stringify(list).replace('result', '\\u0072esult')
    const { send } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`: hi\n\nid: 1\ndata: ${progress}\n\nid: 2\r\nevent: message\r\ndata: ${escaped}\r\n\r\n`)
    })
    const text = await (await send(legacy('tools/list'))).text()
    expect(text).toBe(
      `: hi\n\nid: 1\ndata: ${progress}\n\nid: 2\nevent: message\ndata: ${JSON.stringify(filtered)}\n\n`,
    )
  })

  it('H01 filters a list that arrives on a resumed GET stream', async () => {
    const { gateway } = await setUp(events({ ...list, id: 'from earlier' }))
    const sessions = sealedSessions(readableSealer, 'http://gateway.test/mcp')
    const handle = await sessions.bind({ kind: 'upstream', upstreamId: '1', opensUrls: false }, ada)
    const response = await fetch(gateway.url, {
      headers: { accept: 'text/event-stream', 'mcp-session-id': handle, 'last-event-id': '1' },
    })
    expect(parseEvents(await response.text())).toEqual([{ ...filtered, id: 'from earlier' }])
  })

  it('H01 filters an answer whose id is not the one of any request', async () => {
    const { send } = await setUp((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...list, id: '1' }))
    })
    expect(await (await send(legacy('tools/list'))).json()).toEqual({ ...filtered, id: '1' })
  })

  it('reads no answer that the policy does not want to see', async () => {
    const text = `{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"delete"}],"big":12345678901234567890}}`
    const { send } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    })
    expect(await (await send(initialize())).text()).toBe(text)
  })

  it('G07 answers a list that is no JSON by 502', async () => {
    const { send, gateway } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc"')
    })
    expect((await send(legacy('tools/list'))).status).toBe(502)
    expect(gateway.errors).toEqual([])
  })

  it('fails closed when the policy cannot decide', async () => {
    const upstream = await startUpstream()
    const trouble = new Error('groups cannot be read')
    const gateway = await startGateway(transport, upstream.url, {
      policy: { ...policy, judge: () => Promise.reject(trouble) },
    })
    expect((await post(gateway.url, legacy('tools/list'))).status).toBe(503)
    expect(upstream.seen).toEqual([])
    expect(gateway.errors).toEqual([trouble])
  })

  it('fails closed when the policy breaks on an answer', async () => {
    const broken = { ...policy, filter: () => expect.fail('broken') }
    for (const script of [answer({ tools }), events(list)]) {
      const upstream = await startUpstream(script)
      const gateway = await startGateway(transport, upstream.url, { policy: broken })
      const silent = vi.spyOn(console, 'error').mockReturnValue()
      const text = await post(gateway.url, legacy('tools/list'))
        .then((response) => response.text())
        .catch(() => 'cut')
      expect(text).not.toContain('delete')
      expect(gateway.errors).toHaveLength(1)
      silent.mockRestore()
    }
  })

  describe('and batches', () => {
    const batch = [
      legacy('tools/call', { name: 'delete' }, 'a'),
      legacy('tools/list', {}, 'b'),
      legacy('tools/call', { name: 'view' }, 'c'),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
    ]
    const answers = [
      { jsonrpc: '2.0', id: 'b', result: { tools } },
      { jsonrpc: '2.0', id: 'c', result: {} },
    ]
    const expected = [
      { jsonrpc: '2.0', id: 'a', error: { code: -32_602, message: 'Unknown tool: delete' } },
      { jsonrpc: '2.0', id: 'b', result: { tools: [{ name: 'echo' }], forUser: 'ada' } },
      { jsonrpc: '2.0', id: 'c', result: {} },
    ]

    it('H01 judges each item, forwards the rest and answers all, in JSON', async () => {
      const { send, upstream } = await setUp((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers))
      })
      expect(await (await send(batch)).json()).toEqual(expected)
      expect(JSON.parse(upstream.seen[0]?.text ?? '')).toEqual([
        batch[1],
        legacy('tools/call', { name: 'read' }, 'c'),
        batch[3],
      ])
    })

    it('H01 does so in an event stream', async () => {
      const { send } = await setUp(events(...answers))
      expect(parseEvents(await (await send(batch)).text())).toEqual(expected)
    })

    it('answers a batch of which nothing is left itself', async () => {
      const { send, upstream } = await setUp()
      expect(await (await send([batch[0]])).json()).toEqual([expected[0]])
      expect(
        (await send([{ jsonrpc: '2.0', method: 'tools/call', params: { name: 'delete' } }])).status,
      ).toBe(202)
      expect(upstream.seen).toEqual([])
    })

    it('answers a batch with a challenge as a whole', async () => {
      const { send, upstream } = await setUp()
      expect((await send([legacy('tools/call', { name: 'admin' }), batch[1]])).status).toBe(403)
      expect(upstream.seen).toEqual([])
    })
  })
})
