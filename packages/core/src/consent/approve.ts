import { addressOf } from '../authorize/answer-address.ts'
import { approvedOutcome, type Outcome } from '../authorize/outcome.ts'
import { type Attempt, settle } from '../authorize/transaction.ts'
import type { SignedIn } from '../browser/session.ts'
import type { Context } from '../context.ts'
import { issueCode } from '../grants/issue-code.ts'
import { records } from '../records.ts'

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
  const outcome = await settle(context, attempt, approvedOutcome(addressOf(transaction), code))
  if (outcome.parameters['code'] !== code) await records(context.storage, 'code').delete(code)
  return outcome
}
