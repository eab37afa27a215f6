import type { ConnectionContext } from './connection-context.ts'
import { listRecords, records, type SealedRecord } from './connection-records.ts'
import { sha256Text } from './digest.ts'

type Context = Pick<ConnectionContext, 'storage' | 'sealer' | 'now'>

/** Parts of the list of one key, so that no part is long even with a hundred thousand connections. */
const shards = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')
const keysGroup = 'sealing-keys'

/**
 * Notes that a record is about to be sealed under this key. Before the record is written: an entry without its record is
 * harmless, a record without its entry would be missed by a rotation.
 *
 * @param previous what the record held before: under the same key there is nothing to note
 */
export async function noteSealed(
  { storage, sealer, now }: Context,
  record: SealedRecord,
  sealed: string,
  previous?: string,
): Promise<void> {
  const keyId = sealer.keyIdOf(sealed)
  if (previous !== undefined && sealer.keyIdOf(previous) === keyId) return
  const hash = await hashOf(record)
  await records(storage, 'sealing-key').set(
    keyId,
    { firstUsedAt: now() },
    { group: keysGroup, when: 'absent' },
  )
  await records(storage, 'sealed-record').set(`${keyId}:${hash}`, record, {
    group: groupOf(keyId, hash.slice(0, 1)),
  })
}

/** Once the record is gone, or sealed under another key. */
export async function forgetSealed({ storage }: Context, record: SealedRecord, keyId: string): Promise<void> {
  await records(storage, 'sealed-record').delete(`${keyId}:${await hashOf(record)}`)
}

/** Everything that is sealed under a key, in parts; an entry may be out of date. */
export async function* sealedUnder(
  { storage }: Context,
  keyId: string,
): AsyncGenerator<readonly SealedRecord[]> {
  for (const shard of shards) {
    const found = await listRecords(storage, 'sealed-record', groupOf(keyId, shard))
    if (found.length > 0) yield found.map(([, record]) => record)
  }
}

/** How many records are sealed under a key. */
export async function countSealedUnder(context: Context, keyId: string): Promise<number> {
  let count = 0
  for await (const found of sealedUnder(context, keyId)) count += found.length
  return count
}

/** Ids of all keys that something was ever sealed under. */
export async function sealingKeys({ storage }: Context): Promise<readonly string[]> {
  return (await listRecords(storage, 'sealing-key', keysGroup)).map(([id]) => id)
}

function groupOf(keyId: string, shard: string): string {
  return `sealed:${keyId}:${shard}`
}

function hashOf({ kind, id }: SealedRecord): Promise<string> {
  return sha256Text(JSON.stringify([kind, id]))
}
