import { afterEach, describe, expect, it } from 'vitest'

import { createScriptedBrowser, messagesOf } from '../src/index.ts'
import { type LoopbackServer, nodeFetch, serveOnLoopback } from '../src/node/index.ts'

const servers: LoopbackServer[] = []

async function serve(...options: Parameters<typeof serveOnLoopback>): Promise<LoopbackServer> {
  const server = await serveOnLoopback(...options)
  servers.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

describe('a real server', () => {
  it('sees the headers of the scripted browser and nothing of Node', async () => {
    const { origin } = await serve(() => (request) => Response.json(Object.fromEntries(request.headers)))
    const page = await createScriptedBrowser({ fetch: nodeFetch }).open(`${origin}/`)
    expect(JSON.parse(page.body)).toMatchObject({
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'none',
      host: new URL(origin).host,
    })
  })

  it('sets several cookies, redirects, and receives a form', async () => {
    const { origin } = await serve((own) => async (request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/start') {
        const headers = new Headers({ location: `${own}/form` })
        headers.append('set-cookie', 'a=1')
        headers.append('set-cookie', '__Host-b=2; Secure; Path=/')
        return new Response(null, { status: 302, headers })
      }
      const form = '<form method=post action=/end><input name=x value=1><button>Go</button></form>'
      if (pathname === '/form') return new Response(form, { headers: { 'content-type': 'text/html' } })
      return new Response(`${request.headers.get('cookie')} ${await request.text()}`)
    })
    const page = await createScriptedBrowser({ fetch: nodeFetch }).open(`${origin}/start`)
    expect((await page.submit()).text).toBe('a=1; __Host-b=2 x=1')
  })

  it('streams, and learns that its reader has gone', async () => {
    const gone = Promise.withResolvers<void>()
    const { origin } = await serve(() => (request) => {
      request.signal.addEventListener('abort', () => gone.resolve())
      const first = new TextEncoder().encode('data: {"jsonrpc":"2.0","method":"first"}\n\n')
      const stream = new ReadableStream({ start: (controller) => controller.enqueue(first) })
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
    })
    const aborted = new AbortController()
    const response = await nodeFetch(new Request(origin, { signal: aborted.signal }))
    expect((await messagesOf(response).next()).value).toMatchObject({ method: 'first' })
    aborted.abort()
    await gone.promise
  })

  it('answers 500 when the handler throws', async () => {
    const { origin } = await serve(() => () => {
      throw new Error('broken')
    })
    expect((await nodeFetch(new Request(origin))).status).toBe(500)
  })

  it('refuses a port that is taken', async () => {
    const { origin } = await serve(() => () => new Response())
    await expect(serve(() => () => new Response(), { port: Number(new URL(origin).port) })).rejects.toThrow(
      'EADDRINUSE',
    )
  })
})
