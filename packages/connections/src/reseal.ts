import { StorageUnavailableError } from '@portico/storage'

import { clientSeal } from './client-record.ts'
import type { ConnectionContext } from './connection-context.ts'
import { leasePollMs, releaseLease, takeLease } from './connection-lease.ts'
import { connectionGroup, records, type SealedRecord } from './connection-records.ts'
import { countSealedUnder, forgetSealed, noteSealed, sealedUnder, sealingKeys } from './sealed-records.ts'
import { tokenSeal } from './token-fields.ts'

/** How far a re-sealing is, in records. */
export interface ResealProgress {
  readonly done: number
  /** Of those: could not be opened, and stay as they are. */
  readonly failed: number
  readonly total: number
}

/** A key that is not in the keyring, though records are sealed under it. */
export interface MissingKey {
  readonly keyId: string
  readonly records: number
}

/**
 * Seals under the newest key whatever older ones have sealed and has no end of its own. Gateways may serve meanwhile, and
 * who was interrupted begins again: what is done is not done twice.
 *
 * @throws {StorageUnavailableError}
 */
export async function resealConnections(
  context: ConnectionContext,
  report: (progress: ResealProgress) => void,
): Promise<ResealProgress> {
  const [, ...older] = context.sealer.keyIds
  let total = 0
  for (const keyId of older) total += await countSealedUnder(context, keyId)
  let done = 0
  let failed = 0
  for (const keyId of older) {
    for await (const part of sealedUnder(context, keyId)) {
      for (const record of part) {
        if (await isResealed(context, record)) await forgetSealed(context, record, keyId)
        else failed += 1
      }
      done += part.length
      report({ done, failed, total: Math.max(done, total) })
    }
  }
  return { done, failed, total: done }
}

/** The keys that have to come back before everything can be opened. */
export async function missingKeys(context: ConnectionContext): Promise<readonly MissingKey[]> {
  const missing = (await sealingKeys(context)).filter((keyId) => !context.sealer.keyIds.includes(keyId))
  const counted = await Promise.all(
    missing.map(async (keyId) => ({ keyId, records: await countSealedUnder(context, keyId) })),
  )
  return counted.filter(({ records: count }) => count > 0)
}

/** Reseal on read: what is used is sealed under the newest key from then on, at the cost of one write per rotation. */
export async function resealOnRead(
  context: ConnectionContext,
  record: SealedRecord,
  sealed: string,
): Promise<void> {
  if (isCurrent(context, sealed)) return
  if (await resealRecord(context, record)) {
    await forgetSealed(context, record, context.sealer.keyIdOf(sealed))
  }
}

/** One that nobody can open must not keep the others from being sealed anew. */
async function isResealed(context: ConnectionContext, record: SealedRecord): Promise<boolean> {
  try {
    while (!(await resealRecord(context, record))) await context.wait(leasePollMs)
    return true
  } catch (error) {
    if (error instanceof StorageUnavailableError) throw error
    return false
  }
}

/** `false`: somebody else is changing it at this moment. `true` too when it is gone, or was sealed anew already. */
async function resealRecord(context: ConnectionContext, record: SealedRecord): Promise<boolean> {
  if (record.kind === 'upstream-client') return resealClient(context, record)
  const holder = context.randomToken()
  if (!(await takeLease(context, record.id, holder))) return false
  try {
    return await resealConnection(context, record)
  } finally {
    await releaseLease(context, record.id, holder)
  }
}

async function resealConnection(context: ConnectionContext, record: SealedRecord): Promise<boolean> {
  const connections = records(context.storage, 'connection')
  const found = await connections.get(record.id)
  if (!found || isCurrent(context, found.value.tokens)) return true
  const { tokens: old, upstream, owner } = found.value
  const tokens = await sealAnew(context, record, old, tokenSeal(upstream, owner))
  const options = { group: connectionGroup(owner), when: { version: found.version } }
  return connections.set(record.id, { ...found.value, tokens }, options)
}

async function resealClient(context: ConnectionContext, record: SealedRecord): Promise<boolean> {
  const clients = records(context.storage, 'upstream-client')
  const found = await clients.get(record.id)
  if (found?.value.secret === undefined || isCurrent(context, found.value.secret)) return true
  const secret = await sealAnew(context, record, found.value.secret, clientSeal(record.id))
  return clients.set(record.id, { ...found.value, secret }, { when: { version: found.version } })
}

async function sealAnew(
  context: ConnectionContext,
  record: SealedRecord,
  old: string,
  words: readonly string[],
): Promise<string> {
  const sealed = await context.sealer.seal(await context.sealer.open(old, words), words)
  await noteSealed(context, record, sealed)
  return sealed
}

function isCurrent({ sealer }: ConnectionContext, sealed: string): boolean {
  return sealer.keyIdOf(sealed) === sealer.keyIds[0]
}
