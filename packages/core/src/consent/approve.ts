import { addressOf } from '../authorize/answer-address.ts'
import { approvedOutcome, type Outcome } from '../authorize/outcome.ts'
import { type Attempt, settle } from '../authorize/transaction.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { isUndisturbed, type SignedIn } from '../browser/session.ts'
import type { Context } from '../context.ts'
import { setupPath } from '../endpoints/setup-path.ts'
import { issueCode } from '../grants/issue-code.ts'
import { revokeGrant } from '../grants/revoke-grant.ts'
import { records, type TransactionRecord } from '../records.ts'
import { forgetRememberedConsents } from './remembered-consent.ts'

/**
 * Issues the code and ends the attempt. However often and however concurrently that is asked for, one code leaves the
 * server: everybody gets the outcome that was there first (SEC-05).
 */
export async function approve(context: Context, attempt: Attempt, user: SignedIn): Promise<Outcome> {
  const { transaction } = attempt
  const { request, client, traceId } = transaction
  const code = await issueCode(context, {
    request,
    client,
    traceId,
    subject: user.account.subject,
    provider: user.provider.id,
    session: user.sessionId,
    scopes: request.scopes,
  })
  if (!(await isUndisturbed(context, user))) {
    await takeBack(context, transaction, user, code)
    throw new PageProblem('form_outdated', { traceId, retry: setupPath(context.settings, attempt.id) })
  }
  const outcome = await settle(context, attempt, approvedOutcome(addressOf(transaction), code))
  if (outcome.parameters['code'] !== code) await records(context.storage, 'code').delete(code)
  return outcome
}

/** What was approved while the session, or access of the user, was ended: it ends as if it had been there then. */
async function takeBack(
  context: Context,
  { request }: TransactionRecord,
  { account }: SignedIn,
  code: string,
): Promise<void> {
  const issued = await records(context.storage, 'code').take(code)
  if (issued) await revokeGrant(context, issued.grantId, 'logout')
  await forgetRememberedConsents(context, account.subject, request)
}
