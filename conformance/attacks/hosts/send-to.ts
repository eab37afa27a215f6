import { nodeFetch } from '@portico/test-peers/node'

import type { ReachableGateway } from './attacked-host.ts'

export interface SendOptions {
  /** Added to every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where the gateway looks for the address of the client; default `x-forwarded-for`. */
  readonly addressHeader?: string
}

/** Sends requests for any host to one origin of this machine, as a proxy does that ends TLS. */
export function sendTo(
  origin: string,
  { headers: added = {}, addressHeader = 'x-forwarded-for' }: SendOptions = {},
): ReachableGateway['fetch'] {
  return async (request, clientAddress) => {
    const { host, pathname, search } = new URL(request.url)
    const headers = new Headers({ host, ...Object.fromEntries(request.headers), ...added })
    if (clientAddress !== undefined) headers.append(addressHeader, clientAddress)
    const { method, body } = request
    const init = { method, headers, ...(body !== null && { body, duplex: 'half' }) } as RequestInit
    return nodeFetch(new Request(`${origin}${pathname}${search}`, init))
  }
}
