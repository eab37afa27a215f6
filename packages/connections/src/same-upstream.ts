import type { ConnectionRecord } from './connection-records.ts'
import type { Upstream } from './upstream-options.ts'

export const originOf = ({ url }: Pick<Upstream, 'url'>): string => new URL(url).origin

/**
 * Whether a credential was given for the host that the upstream is at now: what users connected with one server is no
 * business of another that the operator has put in its place. Records of earlier releases may not say.
 */
export function isForUpstream(
  { origin, client, issuer }: Pick<ConnectionRecord, 'origin' | 'client' | 'issuer'>,
  upstream: Pick<Upstream, 'url'>,
): boolean {
  const given = origin ?? (client === apiKeyClient ? issuer : undefined)
  return given === undefined || given === originOf(upstream)
}

/** Since when a connection is held that is made anew: mended in place it is the same one, unless the upstream has moved. */
export function heldSince(
  previous: Pick<ConnectionRecord, 'origin' | 'heldSince' | 'connectedAt'> | undefined,
  origin: string | undefined,
  now: number,
): number {
  if (previous?.origin !== origin) return now
  return previous?.heldSince ?? previous?.connectedAt ?? now
}

/** In place of a client, for connections by a key that the user has entered; their issuer is the upstream's origin. */
export const apiKeyClient = 'api-key'
