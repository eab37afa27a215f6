import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Agent } from 'undici'

import { createFloor } from './floor.ts'
import type { StartTarget } from './target.ts'

/** The floor on node:http; its proxy is a dispatch of undici, without a look at the token. */
export const startRawFloor: StartTarget = async (options) => {
  const floor = await createFloor(options)
  const upstream = new URL(options.upstreamUrl)
  const agent = new Agent({ allowH2: false })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = request.method === 'POST' ? await readBody(request) : ''
    switch (request.url) {
      case '/.well-known/oauth-authorization-server':
        return send(response, 200, floor.metadata)
      case '/oauth/token':
        return sendObject(response, 200, await floor.token(new URLSearchParams(body)))
      case '/oauth/register':
        return sendObject(response, 201, await floor.register(body))
      case '/mcp':
        return relay(agent, upstream, request, body, response)
      default:
        return send(response, 404, '{}')
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return floor.running((server.address() as AddressInfo).port, async () => {
    server.close()
    server.closeAllConnections()
    await agent.destroy()
  })
}

async function readBody(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    let text = ''
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.once('end', () => resolve(text))
    request.once('error', reject)
  })
}

function sendObject(response: ServerResponse, status: number, body: object | undefined): void {
  if (body) send(response, status, JSON.stringify(body))
  else send(response, 400, '{"error":"invalid_grant"}')
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  response.end(body)
}

function relay(
  agent: Agent,
  upstream: URL,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  const { accept = '*/*', 'content-type': contentType = 'application/json' } = request.headers
  agent.dispatch(
    {
      origin: upstream.origin,
      path: upstream.pathname,
      method: 'POST',
      headers: { accept, 'content-type': contentType },
      body,
    },
    {
      onRequestStart: () => undefined,
      onResponseStart(_, status, headers) {
        const length = headers['content-length']
        response.writeHead(status, {
          'content-type': String(headers['content-type']),
          ...(typeof length === 'string' && { 'content-length': length }),
        })
      },
      onResponseData(controller, chunk) {
        if (response.write(chunk)) return
        controller.pause()
        response.once('drain', () => controller.resume())
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  )
}
