import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'

import { createFloor } from './floor.ts'
import type { StartTarget } from './target.ts'

const noStore = { 'cache-control': 'no-store' }

/** The floor on Hono with its server for Node; its proxy is the runtime's `fetch`, without a look at the token. */
export const startHonoFloor: StartTarget = async (options) => {
  const floor = await createFloor(options)
  const app = new Hono()
  app.get('/.well-known/oauth-authorization-server', (c) =>
    c.body(floor.metadata, 200, { 'content-type': 'application/json' }),
  )
  app.post('/oauth/token', async (c) => {
    const answer = await floor.token(new URLSearchParams(await c.req.text()))
    return answer ? c.json(answer, 200, noStore) : c.json({ error: 'invalid_grant' }, 400)
  })
  app.post('/oauth/register', async (c) => {
    const answer = await floor.register(await c.req.text())
    return answer ? c.json(answer, 201, noStore) : c.json({ error: 'invalid_client_metadata' }, 400)
  })
  app.post('/mcp', async (c) => {
    const headers = {
      accept: c.req.header('accept') ?? '*/*',
      'content-type': c.req.header('content-type') ?? 'application/json',
    }
    const answer = await fetch(options.upstreamUrl, { method: 'POST', headers, body: await c.req.text() })
    return new Response(answer.body, {
      status: answer.status,
      headers: { 'content-type': answer.headers.get('content-type') ?? 'application/json' },
    })
  })

  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: true }))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return floor.running((server.address() as AddressInfo).port, async () => {
    server.close()
    server.closeAllConnections()
  })
}
