import type { IdentityProvider } from '@portico/provider'

import type { Attempt } from '../authorize/transaction.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { type SignedIn, signedIn } from '../browser/session.ts'
import type { Context } from '../context.ts'
import { allowedProviders } from '../login/choose-provider.ts'
import type { Requirement, Resource } from '../settings.ts'

/** Where an attempt stands, seen from the browser that asks. */
export interface AttemptState {
  readonly attempt: Attempt
  readonly resource: Resource
  /** Whose users may sign in. */
  readonly providers: readonly IdentityProvider[]
  /** Whoever is signed in in this browser. */
  readonly current: SignedIn | undefined
  /** The same, if that is good enough for this request. */
  readonly user: SignedIn | undefined
}

export async function attemptState(
  context: Context,
  request: Request,
  attempt: Attempt,
): Promise<AttemptState> {
  const { settings } = context
  const { transaction } = attempt
  const resource = settings.resources.get(transaction.request.resource)
  if (!resource) throw new PageProblem('unknown_resource', { traceId: transaction.traceId })
  const providers = allowedProviders(settings, resource)
  const current = await signedIn(context, request)
  const user = current && isGoodEnough(current, attempt, providers, context.now()) ? current : undefined
  return { attempt, resource, providers, current, user }
}

/** The upstream accounts that the user has to have connected before approving. */
export async function requirementsOf(
  { settings }: Pick<Context, 'settings'>,
  user: SignedIn,
  resource: Resource,
): Promise<readonly Requirement[]> {
  return settings.requirements(user.account.subject, resource)
}

function isGoodEnough(
  { session, sessionId, provider }: SignedIn,
  { transaction }: Attempt,
  providers: readonly IdentityProvider[],
  now: number,
): boolean {
  if (!providers.includes(provider)) return false
  // Whatever the client demanded was demanded of this very login.
  if (transaction.session === sessionId) return true
  const { prompt, maxAge, provider: wanted } = transaction.request
  if (prompt.includes('login') || prompt.includes('select_account')) return false
  if (wanted !== undefined && wanted !== provider.id && providers.some(({ id }) => id === wanted))
    return false
  return maxAge === undefined || now - session.authenticatedAt <= maxAge
}
