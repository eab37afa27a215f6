import type { Context } from '../context.ts'
import { groups, listRecords } from '../records.ts'
import type { RevocationReason } from './revoke-grant.ts'
import { revokeGrant } from './revoke-grant.ts'

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
