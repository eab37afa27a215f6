import { createRequestIds } from '@portico/core'

import { type Sender, trustedPeers } from './client-address.ts'

/** Long enough to be told apart, and nothing that a log, a header or a page could take for something else. */
const safeId = /^[\w.-]{8,128}$/

/** What a request is called: as a trusted proxy calls it already, or by a new name. */
export type RequestIdOf = (sender: Pick<Sender, 'peer'>, received: string | undefined) => string

/**
 * SEC-12: `X-Request-Id` counts only where the peer is a trusted proxy; from anybody else it could make two requests look like
 * one.
 *
 * @param trustedProxies addresses and ranges
 * @throws {TypeError} naming an entry that is neither
 */
export function requestIdOf(trustedProxies: readonly string[]): RequestIdOf {
  const isTrusted = trustedPeers(trustedProxies)
  const newRequestId = createRequestIds()
  return ({ peer }, received) =>
    received !== undefined && safeId.test(received) && isTrusted(peer) ? received : newRequestId()
}
