import type { ApiEndpoint } from '../api/api-endpoint.ts'
import { PageProblem, type ProblemCode } from '../browser/page-problem.ts'
import type { Context } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'
import { OAuthError, type OAuthErrorCode } from '../oauth-error.ts'
import { clientAddress } from './client-address.ts'
import type { AddressLimit } from './rate-limits.ts'

type Limit = Exclude<AddressLimit, 'failures'>

/** What programs call, behind the limits of the address that asks. */
export function limitedApi(endpoint: ApiEndpoint, limit: Limit): ApiEndpoint {
  return (request, context) =>
    underLimits(context, request.clientAddress, limit, () => endpoint(request, context))
}

/** A page behind the limits of the address that asks; without a `limit` of its own only wrong guesses count. */
export function limitedPage(endpoint: Endpoint, limit?: Limit): Endpoint {
  return (c, context) => underLimits(context, clientAddress(c), limit, () => endpoint(c, context))
}

async function underLimits<Answer>(
  { rateLimits, emit }: Context,
  address: string | undefined,
  limit: Limit | undefined,
  answer: () => Answer | Promise<Answer>,
): Promise<Answer> {
  const counted = rateLimits.request(limit, address, emit)
  if (counted) await counted
  try {
    return await answer()
  } catch (error) {
    if (isWrongGuess(error)) await rateLimits.failure(address, emit)
    throw error
  }
}

/** What was presented does not exist: a mistake once, a guess when it goes on (AS-71). */
function isWrongGuess(error: unknown): boolean {
  if (error instanceof OAuthError) return guessedAtEndpoints.has(error.code)
  return error instanceof PageProblem && guessedOnPages.has(error.code)
}

const guessedAtEndpoints: ReadonlySet<OAuthErrorCode> = new Set([
  'invalid_client',
  'invalid_grant',
  'invalid_token',
])
const guessedOnPages: ReadonlySet<ProblemCode> = new Set([
  'attempt_expired',
  'login_finished',
  'other_browser',
  'provider_answer_invalid',
])
