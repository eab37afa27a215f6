import { forgetRememberedConsents } from '../consent/remembered-consent.ts'
import type { Context } from '../context.ts'
import { groups, listRecords, records } from '../records.ts'
import { noteAccessEnd } from './access-end.ts'
import { cutOff } from './cutoffs.ts'
import { revokeGrants } from './revoke-grants.ts'

/** What an operator ends: of a user, of a client, of both together, or of everybody; at least one of the three. */
export interface AccessSelection {
  /** Our name for the user, as in audit events and access tokens. */
  readonly subject?: string | undefined
  readonly clientId?: string | undefined
  /** Unix seconds: only what was created up to then. Default now; must be given where no user and no client is. */
  readonly before?: number | undefined
}

/** What was ended. Only what belongs to a user can be counted: the rest is cut off by its time. */
export interface RevokedAccess {
  readonly grants?: number
  /** Of browsers; they stay where a client is named. */
  readonly sessions?: number
}

/**
 * Ends access (AS-82). Users have to allow again, also what was to be remembered; without a client they have to sign in again
 * too. Seen at once on this node, within `accessToken.recheckSeconds` on others.
 *
 * @throws {TypeError} when nothing is selected, or `before` lies in the future
 */
export async function revokeAccess(context: Context, selection: AccessSelection): Promise<RevokedAccess> {
  const { subject, clientId } = selection
  const now = context.now()
  if (subject === undefined && clientId === undefined && selection.before === undefined) {
    throw new TypeError('Name a subject, a clientId or the time before which everything ends.')
  }
  const before = selection.before ?? now
  if (!Number.isSafeInteger(before) || before > now) {
    throw new TypeError('before must be Unix seconds, and not in the future.')
  }
  if (subject === undefined) {
    await cutOff(context, clientId, before)
    context.accessTokens.forgetAll()
    emit(context, selection, before)
    return {}
  }
  await noteAccessEnd(context, subject)
  if (clientId === undefined) await records(context.storage, 'provider-token').delete(subject)
  const sessions = clientId === undefined ? await endSessions(context, subject, before) : undefined
  await forgetRememberedConsents(context, subject, clientId === undefined ? undefined : { clientId })
  const grants = await revokeGrants(context, { subject, clientId, before }, 'operator')
  emit(context, selection, before)
  return { grants, ...(sessions !== undefined && { sessions }) }
}

async function endSessions({ storage }: Context, subject: string, before: number): Promise<number> {
  const found = await listRecords(storage, 'session', groups.subjectSessions(subject))
  const ended = found.filter(({ value }) => value.createdAt <= before)
  await Promise.all(ended.map(({ key }) => storage.delete(key)))
  return ended.length
}

function emit({ emit }: Context, { subject, clientId }: AccessSelection, before: number): void {
  emit({
    name: 'access.revoked',
    outcome: 'success',
    subject,
    clientId,
    reason: 'operator',
    detail: { before },
  })
}
