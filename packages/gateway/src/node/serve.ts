import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

import type { Dispatcher } from 'undici'

import { checkHosting } from '../hosting/check-hosting.ts'
import type { HostedGateway } from '../hosting/hosted-gateway.ts'
import { listenOnEach } from '../hosting/listen-on-each.ts'
import { requestIdOf } from '../hosting/request-id.ts'
import { loopbackHosts } from '../hosting/running-server.ts'
import type { HostingOptions, RunningServer, ServedRequest } from '../hosting/running-server.ts'
import { clientOf } from './client-of.ts'
import type { ClientOf } from './client-of.ts'
import { listen } from './listen.ts'
import { createNodeUpstreams } from './node-upstreams.ts'
import { openAnswers } from './open-answers.ts'
import type { OpenAnswers } from './open-answers.ts'
import { requestHandler } from './request-handler.ts'

export interface ServeOptions extends HostingOptions {
  /** Connections to the upstreams, e.g. undici's `ProxyAgent`; default a pool of its own. */
  readonly dispatcher?: Dispatcher | undefined
}

/**
 * Serves a gateway, or its `admin`, on Node: MCP routes over node:http and undici, everything else through `gateway.fetch`.
 *
 * @throws {TypeError} when an option is wrong, and what `listen` reports when the port is taken
 */
export async function serve(gateway: HostedGateway, options: ServeOptions): Promise<RunningServer> {
  checkHosting(options, ['dispatcher'])
  const { port, hosts = loopbackHosts, trustedProxies = [], drainSeconds = 10, onRequest } = options
  const addressOf = clientOf(trustedProxies)
  const idOf = requestIdOf(trustedProxies)
  const observe = onRequest && observer(addressOf, onRequest)
  const upstreams = createNodeUpstreams(options.dispatcher, gateway.observer)
  const handle = requestHandler(gateway, upstreams, addressOf)
  const open = openAnswers()
  let isClosing = false
  const create = () => {
    // Without it Node drops the second of two equal names: a token, a type or a host would be read as if it stood alone.
    const server = createServer({ joinDuplicateHeaders: true }, (request, response) => {
      const received = request.headers['x-request-id']
      const requestId = idOf(
        { peer: request.socket.remoteAddress },
        Array.isArray(received) ? undefined : received,
      )
      observe?.(request, response, requestId)
      open.add(response)
      // A connection that has just become idle would be kept alive for a next request.
      response.on('close', () => isClosing && setImmediate(() => server.closeIdleConnections()))
      void handle(request, response, requestId)
    })
    return server
  }
  const listening = await listenOnEach(
    hosts,
    port,
    (host, chosen) => listen(create(), host, chosen),
    (server) => server.close(),
  )

  const close = async () => {
    isClosing = true
    await gateway.close()
    open.endListening()
    await Promise.all(listening.servers.map((server) => drain(server, open, drainSeconds)))
    await gateway.finish()
    // What is still open now is held by the gateway alone: sessions of upstreams that outlive a call.
    await upstreams.close()
  }
  let closed: Promise<void> | undefined
  return { port: listening.port, close: () => (closed ??= close()) }
}

function observer(addressOf: ClientOf, onRequest: (request: ServedRequest) => void) {
  return (request: IncomingMessage, response: ServerResponse, requestId: string) => {
    const start = performance.now()
    // Asked now: a socket that is closed has forgotten its peer.
    const address = addressOf(request)
    response.once('close', () =>
      onRequest({
        method: request.method ?? '',
        path: (request.url ?? '').replace(/\?.*/s, ''),
        status: response.headersSent ? response.statusCode : 0,
        durationMs: Math.round(performance.now() - start),
        clientAddress: address ?? 'unknown',
        requestId,
      }),
    )
  }
}

async function drain(server: Server, open: OpenAnswers, seconds: number): Promise<void> {
  const limit = setTimeout(() => open.end(server), seconds * 1000)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(limit)
}
