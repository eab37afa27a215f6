import type { Storage } from '@portico/storage'

import { records } from '../records.ts'
import type { Settings } from '../settings.ts'

/** Id of the cutoff that holds for every client; no client is called that (CIMD-22, DCR-10). */
const everybody = '(all)'

/**
 * Until when everything is revoked: of this client, or of all clients.
 *
 * @returns Unix seconds; `-Infinity` where nothing was cut off
 */
export async function cutOffUntil(storage: Storage, clientId?: string): Promise<number> {
  const cutoffs = records(storage, 'cutoff')
  const found = await Promise.all([
    cutoffs.get(everybody),
    clientId === undefined ? undefined : cutoffs.get(clientId),
  ])
  return Math.max(-Infinity, ...found.map((cutoff) => cutoff?.value.before ?? -Infinity))
}

/** Revokes what was created up to `before`. A later cutoff stays. Takes effect as a revocation on another node does. */
export async function cutOff(
  { storage, settings }: { readonly storage: Storage; readonly settings: Settings },
  clientId: string | undefined,
  before: number,
): Promise<void> {
  const cutoffs = records(storage, 'cutoff')
  const id = clientId ?? everybody
  // As long as something created then can live.
  const longest = Math.max(
    settings.refreshToken.absoluteTtlSeconds,
    settings.sessionTtlSeconds,
    settings.rememberConsentSeconds,
  )
  const expiresAt = before + longest + 1
  let written = false
  while (!written) {
    const found = await cutoffs.get(id)
    if (found && found.value.before >= before) return
    written = found
      ? await cutoffs.replace(found, { before }, expiresAt)
      : await cutoffs.set(id, { before }, { expiresAt, when: 'absent' })
  }
}
