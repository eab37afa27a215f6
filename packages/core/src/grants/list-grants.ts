import type { Context } from '../context.ts'
import type { Found, GrantRecord } from '../records.ts'
import { groups, listRecords } from '../records.ts'
import { cutOffUntil } from './cutoffs.ts'
import type { RevocationReason } from './revoke-grant.ts'
import { revokeGrant } from './revoke-grant.ts'

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

/** Which grants to end: all of a user, or those of one client, or those born in one session. */
export interface GrantSelection {
  readonly subject: string
  readonly clientId?: string | undefined
  /** Hashed id. */
  readonly session?: string | undefined
  /** Unix seconds: only grants created up to then. */
  readonly before?: number | undefined
}

/** Ends the selected grants, those whose code was not redeemed yet included; returns how many there were. */
export async function revokeGrants(
  context: Context,
  selection: GrantSelection,
  reason: RevocationReason,
): Promise<number> {
  const { subject, clientId, session, before } = selection
  const found = await listRecords(context.storage, 'grant', groups.subjectGrants(subject))
  const selected = found
    .map(({ value }) => value)
    .filter((grant) => clientId === undefined || grant.clientId === clientId)
    .filter((grant) => session === undefined || grant.session === session)
    .filter((grant) => before === undefined || grant.createdAt <= before)
  await Promise.all(selected.map((grant) => revokeGrant(context, grant.id, reason)))
  return selected.length
}
