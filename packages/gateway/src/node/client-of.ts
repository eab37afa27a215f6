import type { IncomingMessage } from 'node:http'

import { clientAddress } from '../hosting/client-address.ts'

/** The address of who sent a message, as far as it is known. */
export type ClientOf = (message: IncomingMessage) => string | undefined

/** @throws {TypeError} naming a trusted proxy that is no address */
export function clientOf(trustedProxies: readonly string[]): ClientOf {
  const addressOf = clientAddress(trustedProxies)
  return ({ socket, headers }) =>
    addressOf({
      peer: socket.remoteAddress,
      header: (name) => [headers[name] ?? []].flat().join(',') || undefined,
    })
}
