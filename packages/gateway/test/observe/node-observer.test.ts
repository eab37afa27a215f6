import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { expect, it, onTestFinished, vi } from 'vitest'

import { serve } from '../../src/node/index.ts'
import { discoveryOf, testGateway } from '../test-gateway.ts'
import { lineOf, recordingObserver } from './recording-observer.ts'

/** An operation ends with its answer, which the one who reads it may hear of a little earlier. */
const eventually = (holds: () => void) => vi.waitFor(holds, { timeout: 30_000 })

/** A gateway behind sockets, watched, in front of an upstream that answers by `upstream`. */
async function start(upstream: (request: Request) => Response | Promise<Response>) {
  const upstreamServer = await serveOnLoopback(() => async (request) => {
    const message = (await request.clone().json()) as { readonly id?: unknown; readonly method?: unknown }
    return discoveryOf(message) ?? upstream(request)
  })
  let closed: Promise<void> | undefined
  const closeUpstream = () => (closed ??= upstreamServer.close())
  onTestFinished(closeUpstream)
  const recording = recordingObserver()
  const peers = testGateway(
    {
      publicUrl: undefined,
      observer: recording.observer,
      routes: [{ path: '/mcp/demo', id: 'demo', upstream: { url: `${upstreamServer.origin}/mcp` } }],
    },
    { reach: nodeFetch },
  )
  const server = await serve(peers.gateway, { port: 0 })
  onTestFinished(() => server.close())
  return {
    ...peers,
    ...recording,
    origin: upstreamServer.origin,
    closeUpstream,
    url: `http://localhost:${server.port}/mcp/demo`,
  }
}

it('sees on Node what it sees elsewhere, and passes the trace on to the upstream', async () => {
  const traces: (string | null)[] = []
  const { client, url, operations, origin } = await start(async (request) => {
    traces.push(request.headers.get('traceparent'))
    const { id } = (await request.json()) as { id: unknown }
    return Response.json({ jsonrpc: '2.0', id, result: { resultType: 'complete', tools: [] } })
  })
  const connection = await client.connect(url)
  await connection.call('tools/list')
  expect(traces).toEqual(['00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01'])
  await eventually(() => {
    const requests = operations.filter(({ operation }) => operation.kind === 'request').map(lineOf)
    expect(requests.slice(0, 2)).toEqual([
      'POST /mcp/demo 401',
      'GET /.well-known/oauth-protected-resource/mcp/demo 200',
    ])
    expect(requests.at(-1)).toBe('POST /mcp/demo 200')
  })
  const upstream = operations.filter(({ operation }) => operation.kind === 'upstream')
  const told = upstream.map(({ operation }) => (operation.kind === 'upstream' ? operation : undefined))
  expect(told.map((operation) => [operation?.origin, operation?.message()])).toEqual([
    [origin, { method: 'server/discover', name: undefined }],
    [origin, { method: 'tools/list', name: undefined }],
  ])
  expect(upstream.map(lineOf)).toEqual(['POST upstream of /mcp/demo 200', 'POST upstream of /mcp/demo 200'])
  expect(upstream.map(({ parent }) => parent && lineOf(parent))).toEqual([
    'POST /mcp/demo 200',
    'POST /mcp/demo 200',
  ])
})

it('counts a stream for as long as it is open', async () => {
  const end = Promise.withResolvers<void>()
  const { client, url, streams, operations } = await start(async (request) => {
    const { id } = (await request.json()) as { id: unknown }
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        const send = (message: object) =>
          controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(message)}\n\n`))
        send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } })
        await end.promise
        send({ jsonrpc: '2.0', id, result: { resultType: 'complete', content: [] } })
        controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  const connection = await client.connect(url)
  const answer = connection.call('tools/call', { name: 'slow', arguments: {} })
  await eventually(() => expect(streams).toEqual([['/mcp/demo', 1]]))
  const open = operations.findLast(({ operation }) => operation.kind === 'upstream')
  expect(open?.result).toBeUndefined()
  end.resolve()
  expect((await answer).status).toBe(200)
  await eventually(() => {
    expect(streams).toEqual([
      ['/mcp/demo', 1],
      ['/mcp/demo', -1],
    ])
    expect(open?.result).toEqual({ status: 200 })
  })
})

it('is told of an upstream that fails, and of one that is not there', async () => {
  const { client, url, operations, closeUpstream } = await start(() => new Response(null, { status: 500 }))
  const connection = await client.connect(url)
  const last = () => operations.findLast(({ operation }) => operation.kind === 'upstream')
  expect((await connection.call('tools/list')).status).toBe(502)
  expect(last()?.result).toEqual({ status: 500 })
  await closeUpstream()
  expect((await connection.call('tools/list')).status).toBe(502)
  expect(last()?.result).toEqual({ status: undefined, error: expect.any(Error) })
})
