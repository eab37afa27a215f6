import { describe, expect, it } from 'vitest'

import type { AnsweredCall } from '../src/index.ts'
import { startGateway, transports } from './peers/gateway.ts'
import { initialize, legacy, modern, post } from './peers/messages.ts'
import { startScriptedSessions } from './peers/scripted-session-upstream.ts'
import { answer, events, type Script, startUpstream } from './peers/scripted-upstream.ts'

const json =
  (body: unknown, status = 200): Script =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
const text = [{ type: 'text', text: 'secret {"isError":true} "error":' }]
const rpcError = { jsonrpc: '2.0', id: 1, error: { code: -32_602, message: 'Unknown tool' } }
const toolError = { jsonrpc: '2.0', id: 1, result: { content: text, isError: true } }
const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1 } }

describe.each(transports)('the end of tool calls over %s', (transport) => {
  async function watch(upstream: { readonly url: string }, era?: 'auto') {
    const calls: AnsweredCall[] = []
    const gateway = await startGateway(transport, upstream.url, {
      onAnswered: (call) => calls.push(call),
      ...(era && { era }),
    })
    return { calls, url: gateway.url }
  }

  it.each<[string, AnsweredCall['ending'], Script]>([
    ['a result', 'ok', answer({ content: text })],
    [
      'a result whose content talks of errors',
      'ok',
      answer({ structuredContent: { isError: true, error: 1 } }),
    ],
    ['a long result', 'ok', answer({ content: [{ type: 'text', text: 'x'.repeat(1_100_000) }] })],
    ['a result in an event stream', 'ok', events(progress, { jsonrpc: '2.0', id: 1, result: {} })],
    ['an error of the tool', 'tool_error', json(toolError)],
    ['an error of the tool in an event stream', 'tool_error', events(progress, toolError)],
    ['a question', 'input_required', answer({ resultType: 'input_required', inputRequests: {} })],
    ['a JSON-RPC error', 'rpc_error', json(rpcError)],
    ['a JSON-RPC error with 400', 'rpc_error', json(rpcError, 400)],
    ['a JSON-RPC error in an event stream', 'rpc_error', events(rpcError)],
    ['a stream without an answer', 'no_answer', events(progress)],
    ['a failure', 'failed', json({}, 500)],
    ['a redirect', 'redirect', json({}, 302)],
    ['a refusal', 'refused', json({}, 401)],
    ['something else than MCP', 'malformed', (_request, response) => void response.end('<html>')],
    ['a broken connection', 'unreachable', (_request, response) => void response.destroy()],
  ])('is told once for %s: %s', async (_what, ending, script) => {
    const { calls, url } = await watch(await startUpstream(script))
    const { body, headers } = modern('tools/call', { name: 'echo', arguments: { password: 'hunter2' } })
    await (await post(url, body, headers)).text()
    await expect.poll(() => calls).toHaveLength(1)
    expect(calls).toEqual([
      {
        tool: 'echo',
        ending,
        caller: expect.objectContaining({ subject: 'ada' }),
        durationMs: expect.any(Number),
        requestId: undefined,
      },
    ])
  })

  it('is told for clients and upstreams of other eras, too', async () => {
    const upstream = await startScriptedSessions({
      script: ({ message }, response) =>
        json({ jsonrpc: '2.0', id: message['id'], result: { content: [], isError: true } })(
          { method: '', url: '', headers: {}, text: '', message },
          response,
        ),
    })
    const { calls, url } = await watch(upstream, 'auto')
    const { body, headers } = modern('tools/call', { name: 'echo' })
    await (await post(url, body, headers)).text()
    await expect.poll(() => calls.map(({ ending }) => ending)).toEqual(['tool_error'])
    const session = (await post(url, initialize())).headers.get('mcp-session-id') ?? ''
    await (await post(url, legacy('tools/call', { name: 'echo' }), { 'mcp-session-id': session })).text()
    await expect.poll(() => calls.map(({ ending }) => ending)).toEqual(['tool_error', 'tool_error'])
  })

  it('is told when the client leaves', async () => {
    const asked = Promise.withResolvers<void>()
    const { calls, url } = await watch(
      await startUpstream((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
        asked.resolve()
      }),
    )
    const client = new AbortController()
    const { body, headers } = modern('tools/call', { name: 'echo' })
    const response = await post(url, body, headers, { signal: client.signal })
    await asked.promise
    client.abort()
    await expect(response.text()).rejects.toThrow('aborted')
    await expect.poll(() => calls.map(({ ending }) => ending)).toEqual(['client_left'])
  })

  it('says nothing about other requests', async () => {
    const { calls, url } = await watch(await startUpstream())
    const { body, headers } = modern('tools/list')
    expect((await post(url, body, headers)).status).toBe(200)
    expect(calls).toEqual([])
  })
})
