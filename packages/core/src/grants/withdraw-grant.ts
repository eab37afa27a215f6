import { forgetRememberedConsents } from '../consent/remembered-consent.ts'
import type { Context } from '../context.ts'
import { noteAccessEnd } from './access-end.ts'
import { listGrants } from './list-grants.ts'
import { revokeGrant } from './revoke-grant.ts'

/**
 * Ends one grant of a user (AS-82), at their wish unless `by` says otherwise: the client asks again, even where it was to be
 * remembered.
 *
 * @returns `false`, and nothing ends, unless it is one of the user's own
 */
export async function withdrawGrant(
  context: Context,
  subject: string,
  grantId: string,
  by: 'user' | 'operator' = 'user',
): Promise<boolean> {
  const own = (await listGrants(context, subject)).find(({ id }) => id === grantId)
  if (!own) return false
  await noteAccessEnd(context, subject)
  await forgetRememberedConsents(context, subject, own)
  await revokeGrant(context, own.id, by)
  return true
}
