import { SpanKind } from '@opentelemetry/api'
import { serve } from '@portico/gateway/node'
import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { expect, it, onTestFinished, vi } from 'vitest'

import { childrenOf, tracedGateway, withContexts } from './traced-gateway.ts'
import { upstreamAnswer } from './watched-gateway.ts'

withContexts()

const encoder = new TextEncoder()

/** A gateway behind sockets, in front of an upstream whose tools answer by a stream. */
async function start() {
  const upstreamServer = await serveOnLoopback(() => async (request) => {
    const message = (await request.json()) as { readonly id?: unknown; readonly method?: unknown }
    if (message.method !== 'tools/call') return upstreamAnswer(message)
    const answer: unknown = await upstreamAnswer(message).json()
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(encoder.encode(': open\n\n'))
        // In a later turn, so that the end comes by the socket alone.
        await new Promise((resolve) => setImmediate(resolve))
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(answer)}\n\n`))
        controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  onTestFinished(() => upstreamServer.close())
  const upstream = { url: `${upstreamServer.origin}/mcp` }
  const peers = tracedGateway(
    { publicUrl: undefined, routes: [{ path: '/mcp/demo', id: 'demo', upstream }] },
    nodeFetch,
  )
  const server = await serve(peers.gateway, { port: 0 })
  onTestFinished(() => server.close())
  return { ...peers, url: `http://localhost:${server.port}/mcp/demo` }
}

it('traces on Node are trees, too, and the end of a stream is told of its own call', async () => {
  const { client, url, spans } = await start()
  const connection = await client.connect(url)
  const tools = ['first', 'second', 'third']
  // One after the other, so that they share one connection to the upstream.
  for (const name of tools) await connection.call('tools/call', { name, arguments: {} })

  const calls = () =>
    spans().filter(({ kind, attributes }) => kind === SpanKind.SERVER && attributes['gen_ai.tool.name'])
  await vi.waitFor(() => expect(calls()).toHaveLength(3), { timeout: 30_000 })
  expect(calls().map(({ name, attributes }) => [name, attributes['gen_ai.tool.name']])).toEqual(
    tools.map((tool) => ['POST /mcp/demo', tool]),
  )
  for (const call of calls()) {
    expect(call.events.map(({ name }) => name)).toEqual(['tool.called', 'tool.answered'])
    const upstream = childrenOf(spans(), call).filter(({ name }) => name === 'tools/call')
    expect(upstream.map(({ attributes }) => attributes['gen_ai.tool.name'])).toEqual([
      call.attributes['gen_ai.tool.name'],
    ])
    expect(upstream[0]?.spanContext().traceId).toBe(call.spanContext().traceId)
  }
})
