import type { Context } from '../context.ts'
import { releaseProviderTokens } from '../login/provider-tokens.ts'
import { groups, records } from '../records.ts'

/** Why a grant ended before its time; the `reason` of the event `grant.revoked`. */
export type RevocationReason = 'user' | 'client' | 'operator' | 'code_reuse' | 'refresh_reuse' | 'logout'

/**
 * Ends a grant and everything issued from it. The grant goes first: from then on none of its tokens is worth anything,
 * whatever is being written at the same moment (C03).
 */
export async function revokeGrant(
  context: Context,
  grantId: string,
  reason: RevocationReason,
): Promise<void> {
  const grants = records(context.storage, 'grant')
  const grant = await grants.take(grantId)
  context.accessTokens.forget(grantId)
  await context.storage.deleteGroup(groups.grantTokens(grantId))
  if (!grant) return
  await releaseProviderTokens(context, grant)
  context.emit({
    name: 'grant.revoked',
    outcome: 'success',
    traceId: grant.traceId,
    subject: grant.subject,
    clientId: grant.clientId,
    resource: grant.resource,
    reason,
    detail: { grantId },
  })
}
