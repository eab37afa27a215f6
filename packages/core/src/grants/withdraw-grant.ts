import { forgetRememberedConsents } from '../consent/remembered-consent.ts'
import type { Context } from '../context.ts'
import { listGrants } from './list-grants.ts'
import { revokeGrant } from './revoke-grant.ts'

/**
 * Ends a grant at the wish of its user (AS-82): the client asks again, even where it was to be remembered.
 *
 * @returns `false`, and nothing ends, unless it is one of the user's own
 */
export async function withdrawGrant(context: Context, subject: string, grantId: string): Promise<boolean> {
  const own = (await listGrants(context, subject)).find(({ id }) => id === grantId)
  if (!own) return false
  await forgetRememberedConsents(context, subject, own)
  await revokeGrant(context, own.id, 'user')
  return true
}
