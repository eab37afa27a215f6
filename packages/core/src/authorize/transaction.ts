import { bindBrowser, boundSecret } from '../browser/browser-binding.ts'
import { PageProblem } from '../browser/page-problem.ts'
import type { Context } from '../context.ts'
import { type Found, records, type TransactionRecord } from '../records.ts'
import type { Outcome } from './outcome.ts'

/** A transaction in the browser it belongs to. */
export interface Attempt {
  /** Hash of the handle: URLs and forms name the attempt by it; alone it opens nothing. */
  readonly id: string
  readonly handle: string
  readonly found: Found<TransactionRecord>
  readonly transaction: TransactionRecord
}

const outcomeSeal = (id: string): readonly string[] => ['transaction-outcome', id]

/** @returns the id, and the `Set-Cookie` values that bind the attempt to this browser */
export async function beginTransaction(
  context: Context,
  request: Request,
  transaction: TransactionRecord,
): Promise<{ readonly id: string; readonly cookies: readonly string[] }> {
  const lifetime = context.settings.transactionTtlSeconds
  const { secret, id, cookies } = bindBrowser(context, request, lifetime)
  await records(context.storage, 'transaction').set(secret, transaction, {
    expiresAt: context.now() + lifetime,
    when: 'absent',
  })
  return { id, cookies }
}

/**
 * The transaction `id`, for its own browser only (IDP-03, SEC-09).
 *
 * @throws {PageProblem} `other_browser`, `attempt_expired`
 */
export async function findTransaction(
  context: Context,
  request: Request,
  id: string | undefined,
): Promise<Attempt> {
  if (id === undefined) throw new PageProblem('attempt_expired')
  const handle = boundSecret(context, request, id)
  if (handle === undefined) throw new PageProblem('other_browser')
  const found = await records(context.storage, 'transaction').get(handle)
  if (!found) throw new PageProblem('attempt_expired')
  return { id, handle, found, transaction: found.value }
}

/** Notes who signed in within the transaction. */
export async function noteSignIn(context: Context, attempt: Attempt, session: string): Promise<void> {
  await write(context, attempt, { session })
}

/** What became of the transaction, once something has. */
export async function outcomeOf(
  { vault }: Pick<Context, 'vault'>,
  { id, transaction }: Attempt,
): Promise<Outcome | undefined> {
  if (transaction.outcome === undefined) return undefined
  return JSON.parse(await vault.open(transaction.outcome, outcomeSeal(id))) as Outcome
}

/** Ends the transaction. Of several endings the first stands, and everybody gets that one (SEC-05). */
export async function settle(context: Context, attempt: Attempt, outcome: Outcome): Promise<Outcome> {
  const sealed = await context.vault.seal(JSON.stringify(outcome), outcomeSeal(attempt.id))
  const after = await write(context, attempt, { outcome: sealed })
  return (await outcomeOf(context, after)) ?? outcome
}

/** Adds to the record as long as nothing has ended it; writes of other requests in between are kept. */
async function write(
  context: Context,
  attempt: Attempt,
  change: Partial<TransactionRecord>,
): Promise<Attempt> {
  const transactions = records(context.storage, 'transaction')
  let { found } = attempt
  while (found.value.outcome === undefined) {
    const transaction = { ...found.value, ...change }
    const written = await transactions.set(attempt.handle, transaction, {
      expiresAt: found.expiresAt,
      when: { version: found.version },
    })
    if (written) return { ...attempt, transaction }
    const current = await transactions.get(attempt.handle)
    if (!current) throw new PageProblem('attempt_expired', { traceId: attempt.transaction.traceId })
    found = current
  }
  return { ...attempt, found, transaction: found.value }
}
