import { describe, expect, it } from 'vitest'

import { startGateway, transports } from './peers/gateway.ts'
import { initialize, legacy, modern, post } from './peers/messages.ts'
import { answer, startUpstream } from './peers/scripted-upstream.ts'

describe.each(transports)('the two protocol eras, over %s', (transport) => {
  async function setUp() {
    const upstream = await startUpstream(answer({ ok: true }))
    const gateway = await startGateway(transport, upstream.url)
    const send = async (body: unknown, headers: Record<string, string | undefined> = {}) => {
      const response = await post(gateway.url, body, headers)
      const text = await response.text()
      return {
        status: response.status,
        error:
          text === ''
            ? undefined
            : (JSON.parse(text) as { id: unknown; error?: { code: number; data?: unknown } }),
        reached: upstream.seen.length,
      }
    }
    return { upstream, gateway, send }
  }

  it('REV-05 forwards a modern and a legacy request on one URL', async () => {
    const { send, upstream } = await setUp()
    const { body, headers } = modern('tools/call', { name: 'echo' })
    expect(await send(body, headers)).toMatchObject({ status: 200, reached: 1 })
    expect(await send(initialize())).toMatchObject({ status: 200, reached: 2 })
    expect(upstream.seen[0]?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
    })
    expect(upstream.seen[1]?.headers['mcp-method']).toBeUndefined()
  })

  it('TL-01 takes initialize for legacy, even with a lone Mcp-Method header', async () => {
    const { send, upstream } = await setUp()
    expect(await send(initialize(), { 'mcp-method': 'initialize' })).toMatchObject({
      status: 200,
      reached: 1,
    })
    expect(upstream.seen[0]?.headers['mcp-method']).toBeUndefined()
  })

  it('TL-01 refuses initialize under a modern version header', async () => {
    const { send } = await setUp()
    expect(await send(initialize(), { 'mcp-protocol-version': '2026-07-28' })).toMatchObject({
      status: 400,
      error: { id: 1, error: { code: -32_020 } },
      reached: 0,
    })
  })

  it('forwards a body byte for byte', async () => {
    const { gateway, upstream } = await setUp()
    const text =
      '{ "jsonrpc":"2.0",\n"id":9007199254740993, "method":"tools/call","params":{"x":1e400,"ü":"\\u00fc"} }'
    await post(gateway.url, text)
    expect(upstream.seen[0]?.text).toBe(text)
  })

  const call = modern('tools/call', { name: 'echo' })

  it.each<[string, Record<string, string | undefined>]>([
    ['without MCP-Protocol-Version', { 'mcp-protocol-version': undefined }],
    ['with another MCP-Protocol-Version', { 'mcp-protocol-version': '2025-11-25' }],
    ['without Mcp-Method', { 'mcp-method': undefined }],
    ['with another Mcp-Method', { 'mcp-method': 'tools/list' }],
    ['with Mcp-Method in another case', { 'mcp-method': 'Tools/Call' }],
    ['without Mcp-Name', { 'mcp-name': undefined }],
    ['with another Mcp-Name', { 'mcp-name': 'delete' }],
    ['with Mcp-Name in another case', { 'mcp-name': 'Echo' }],
    ['with Mcp-Name that is badly encoded (TR-07)', { 'mcp-name': '=?base64?ZWNob=?=' }],
    ['with Mcp-Name that decodes to another name (TR-07)', { 'mcp-name': '=?base64?ZGVsZXRl?=' }],
  ])('TR-06, PROXY-06, H02 refuses a modern request %s', async (_name, headers) => {
    const { send } = await setUp()
    expect(await send(call.body, { ...call.headers, ...headers })).toMatchObject({
      status: 400,
      error: { id: 1, error: { code: -32_020 } },
      reached: 0,
    })
  })

  it.each<[string, Record<string, string>]>([
    ['names of headers in any case', { 'MCP-METHOD': 'tools/call', 'Mcp-Name': 'echo' }],
    ['Mcp-Name in base64 (TR-07)', { 'mcp-name': '=?base64?ZWNobw==?=' }],
  ])('TR-06, PROXY-06 takes %s', async (_name, headers) => {
    const { send } = await setUp()
    const kept = Object.fromEntries(
      Object.entries(call.headers).filter(
        ([name]) => !Object.keys(headers).some((other) => other.toLowerCase() === name),
      ),
    )
    expect(await send(call.body, { ...kept, ...headers })).toMatchObject({ status: 200, reached: 1 })
  })

  it('TR-07 sends a name that is no plain ASCII in base64, made from the body', async () => {
    const { send, upstream } = await setUp()
    const { body, headers } = modern('tools/call', { name: 'größe' })
    await send(body, { ...headers, 'mcp-name': '=?base64?Z3LDtsOfZQ==?=' })
    expect(upstream.seen[0]?.headers['mcp-name']).toBe('=?base64?Z3LDtsOfZQ==?=')
  })

  it.each([
    ['no _meta', { name: 'echo' }],
    ['no protocol version', { name: 'echo', _meta: { 'io.modelcontextprotocol/clientCapabilities': {} } }],
    [
      'no client capabilities',
      { name: 'echo', _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
    ],
    [
      'capabilities that are no object',
      {
        name: 'echo',
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': [],
        },
      },
    ],
  ])('TR-08 answers a modern request with %s by 400 -32602', async (_name, params) => {
    const { send } = await setUp()
    expect(await send({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }, call.headers)).toMatchObject({
      status: 400,
      error: { id: 7, error: { code: -32_602 } },
      reached: 0,
    })
  })

  it('TR-08 answers an unknown modern version by 400 -32022, naming the known ones', async () => {
    const { send } = await setUp()
    const body = JSON.parse(JSON.stringify(call.body).replace('2026-07-28', '2027-01-01')) as object
    expect(await send(body, { ...call.headers, 'mcp-protocol-version': '2027-01-01' })).toMatchObject({
      status: 400,
      error: {
        id: 1,
        error: { code: -32_022, data: { supported: ['2026-07-28'], requested: '2027-01-01' } },
      },
      reached: 0,
    })
  })

  it('TR-08, PROXY-18 passes unknown methods, and the upstream answer to them, through', async () => {
    const upstream = await startUpstream(({ message }, response) => {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          jsonrpc: '2.0',
          id: message['id'],
          error: { code: -32_601, message: 'no such method' },
        }),
      )
    })
    const gateway = await startGateway(transport, upstream.url)
    const { body, headers } = modern('acme/unknown', { 'acme/param': [1] })
    const response = await post(gateway.url, body, headers)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ id: 1, error: { code: -32_601 } })
  })

  it('TR-05 answers an accepted notification with 202 and no body, in both eras', async () => {
    const { send } = await setUp()
    expect(await send({ jsonrpc: '2.0', method: 'notifications/initialized' })).toEqual({
      status: 202,
      error: undefined,
      reached: 1,
    })
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'notifications/acme' }
    expect(await send({ jsonrpc: '2.0', method: 'notifications/acme' }, headers)).toMatchObject({
      status: 202,
    })
  })

  it('TR-16 ignores session headers in modern requests', async () => {
    const upstream = await startUpstream(answer({}, { 'mcp-session-id': 'minted' }))
    const gateway = await startGateway(transport, upstream.url)
    const headers = { ...call.headers, 'mcp-session-id': 'anything', 'last-event-id': '7' }
    const response = await post(gateway.url, call.body, headers)
    expect(response.status).toBe(200)
    expect(response.headers.get('mcp-session-id')).toBeNull()
    expect(upstream.seen[0]?.headers['mcp-session-id']).toBeUndefined()
    expect(upstream.seen[0]?.headers['last-event-id']).toBeUndefined()
  })

  it('TL-07 refuses an unknown legacy version and takes a missing one', async () => {
    const { send } = await setUp()
    expect(await send(legacy('tools/list'), { 'mcp-protocol-version': '2024-01-01' })).toMatchObject({
      status: 400,
      reached: 0,
    })
    expect(await send(legacy('tools/list'), { 'mcp-protocol-version': 'draft' })).toMatchObject({
      status: 400,
      reached: 0,
    })
    expect(await send(legacy('tools/list'), { 'mcp-protocol-version': '2025-06-18' })).toMatchObject({
      status: 200,
    })
    expect(await send(legacy('tools/list'))).toMatchObject({ status: 200 })
  })

  it('TR-02 takes batches in the session eras alone, and no responses in the modern one', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]')
    })
    const gateway = await startGateway(transport, upstream.url)
    const status = async (body: unknown, headers?: Record<string, string>) =>
      (await post(gateway.url, body, headers)).status
    expect(await status([legacy('ping'), legacy('ping', {}, 2)])).toBe(200)
    expect(await status([legacy('ping'), call.body])).toBe(400)
    expect(await status([])).toBe(400)
    expect(await status({ jsonrpc: '2.0', id: 5, result: {} })).toBe(202)
    expect(
      await status({ jsonrpc: '2.0', id: 5, result: {} }, { 'mcp-protocol-version': '2026-07-28' }),
    ).toBe(400)
    expect(upstream.seen).toHaveLength(2)
  })

  it.each([
    ['PUT', 405],
    ['PATCH', 405],
    ['HEAD', 405],
  ])('TR-01, H07 answers %s by %d', async (method, status) => {
    const { gateway, upstream } = await setUp()
    const response = await fetch(gateway.url, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('allow')).toBe('GET, POST, DELETE')
    expect(upstream.seen).toEqual([])
  })

  it.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data',
  ])('H07 answers a POST of type %s by 415', async (type) => {
    const { gateway, upstream } = await setUp()
    const bytes = new TextEncoder().encode(JSON.stringify(legacy('tools/list')))
    expect((await post(gateway.url, bytes, { 'content-type': type })).status).toBe(415)
    expect(upstream.seen).toEqual([])
  })

  it('takes a content type with parameters, in any case', async () => {
    const { gateway } = await setUp()
    const type = 'Application/JSON; charset=utf-8'
    expect((await post(gateway.url, legacy('tools/list'), { 'content-type': type })).status).toBe(200)
  })
})
