import { identifyAnswer } from '@portico/core'

import { clientAddress } from './client-address.ts'
import { hostUrl } from './host-url.ts'
import type { HostedGateway } from './hosted-gateway.ts'
import type { OpenStreams } from './open-streams.ts'
import { requestIdOf } from './request-id.ts'
import type { HostingOptions } from './running-server.ts'

/** Answers one request of the peer with this address; `hasLeft` tells whether it is gone, where the runtime knows that in time. */
export type FetchForPeer = (
  request: Request,
  peer: string | undefined,
  hasLeft?: () => boolean,
) => Promise<Response>

/**
 * Tells the gateway who sent a request, and reports it to `onRequest` as soon as its answer begins. Event streams are noted
 * in `streams`.
 *
 * @throws {TypeError} naming a trusted proxy that is no address
 */
export function observedFetch(
  gateway: HostedGateway,
  { trustedProxies = [], onRequest }: Pick<HostingOptions, 'trustedProxies' | 'onRequest'>,
  streams: OpenStreams,
): FetchForPeer {
  const addressOf = clientAddress(trustedProxies)
  const idOf = requestIdOf(trustedProxies)
  return async (request, peer, hasLeft) => {
    const start = performance.now()
    const address = addressOf({ peer, header: (name) => request.headers.get(name) ?? undefined })
    const requestId = idOf({ peer }, request.headers.get('x-request-id') ?? undefined)
    const path = pathOf(request)
    const answer =
      path === undefined
        ? new Response(null, { status: 400 })
        : await gateway.fetch(request, { clientAddress: address, requestId })
    const response = await identifyAnswer(answer, requestId, { hostSendsHeader: false })
    onRequest?.({
      method: request.method,
      path: path ?? '',
      status: hasLeft?.() ? 0 : response.status,
      durationMs: Math.round(performance.now() - start),
      clientAddress: address ?? 'unknown',
      requestId,
    })
    return streams.add(request, response)
  }
}

/** `undefined` where the host of a request is none: runtimes make URLs of it that cannot be read, or that lead elsewhere. */
function pathOf({ url, headers }: Request): string | undefined {
  const host = headers.get('host')
  return URL.canParse(url) && (host === null || hostUrl(host)) ? new URL(url).pathname : undefined
}
