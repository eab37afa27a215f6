import { nodeFetch } from '@portico/test-peers/node'

import type { HostedGateway } from './gateway-host.ts'

/**
 * Sends requests for any host to one port of this machine, as a proxy does that ends TLS; it writes `clientAddress` where
 * the gateway looks for it.
 */
export function sendTo(port: number): HostedGateway['fetch'] {
  return async (request, clientAddress) => {
    const { host, pathname, search } = new URL(request.url)
    const headers = new Headers(request.headers)
    if (!headers.has('host')) headers.set('host', host)
    if (clientAddress !== undefined) headers.append('x-forwarded-for', clientAddress)
    const { method, body } = request
    const init = { method, headers, ...(body !== null && { body, duplex: 'half' }) } as RequestInit
    return nodeFetch(new Request(`http://127.0.0.1:${port}${pathname}${search}`, init))
  }
}
