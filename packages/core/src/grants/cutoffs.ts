import type { Storage } from '@portico/storage'

import { sessionLifetime } from '../browser/session-lifetime.ts'
import type { Found } from '../records.ts'
import { records } from '../records.ts'
import type { Settings } from '../settings.ts'

/** Id of the cutoff that holds for every client; no client is called that (CIMD-22, DCR-10). */
const everybody = '(all)'

type Cutoff = Found<{ readonly before: number }>

/**
 * Until when everything is revoked: of this client, or of all clients.
 *
 * @returns Unix seconds; `-Infinity` where nothing was cut off
 */
export async function cutOffUntil(storage: Storage, clientId?: string): Promise<number> {
  return latestOf(await Promise.all(readCutoffs(storage, clientId)))
}

/** What {@link cutOffUntil} reads, for who reads other records at the same time; {@link latestOf} tells what it says. */
export function readCutoffs(storage: Storage, clientId?: string): readonly Promise<Cutoff | undefined>[] {
  const cutoffs = records(storage, 'cutoff')
  const ofAll = cutoffs.get(everybody)
  return clientId === undefined ? [ofAll] : [ofAll, cutoffs.get(clientId)]
}

/** @returns Unix seconds; `-Infinity` where nothing was cut off */
export function latestOf(cutoffs: readonly (Cutoff | undefined)[]): number {
  let latest = -Infinity
  for (const cutoff of cutoffs) latest = Math.max(latest, cutoff?.value.before ?? -Infinity)
  return latest
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
    ...settings.providers.map((provider) => sessionLifetime(settings, provider)),
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
