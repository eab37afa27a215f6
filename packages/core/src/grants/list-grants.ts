import type { Context } from '../context.ts'
import type { Found, GrantRecord } from '../records.ts'
import { groups, listRecords } from '../records.ts'
import { cutOffUntil } from './cutoffs.ts'

/** What a user has granted and not withdrawn, the newest first (AS-82). */
export async function listGrants(context: Context, subject: string): Promise<readonly GrantRecord[]> {
  const found = await findGrants(context, subject)
  return found.map(({ value }) => value)
}

/** The same with the expiry of each record: what its client cannot renew ends with its access token. */
export async function findGrants(
  { storage }: Pick<Context, 'storage'>,
  subject: string,
): Promise<readonly Found<GrantRecord>[]> {
  const found = await listRecords(storage, 'grant', groups.subjectGrants(subject))
  const redeemed = found.filter(({ value }) => value.usedAt !== undefined)
  const clients = [...new Set(redeemed.map(({ value }) => value.clientId))]
  const before = new Map(
    await Promise.all(clients.map(async (id) => [id, await cutOffUntil(storage, id)] as const)),
  )
  return redeemed
    .filter(({ value }) => value.createdAt > (before.get(value.clientId) ?? -Infinity))
    .toSorted((a, b) => b.value.createdAt - a.value.createdAt)
}
