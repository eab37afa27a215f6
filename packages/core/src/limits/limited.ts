import { PageProblem, type ProblemCode } from '../browser/page-problem.ts'
import type { Endpoint } from '../endpoint.ts'
import { OAuthError, type OAuthErrorCode } from '../oauth-error.ts'
import { clientAddress } from './client-address.ts'
import type { AddressLimit } from './rate-limits.ts'

/** An endpoint behind the limits of the address that asks; without a `limit` of its own only wrong guesses count. */
export function limited(endpoint: Endpoint, limit?: Exclude<AddressLimit, 'failures'>): Endpoint {
  return async (c, context) => {
    const address = clientAddress(c)
    await context.rateLimits.request(limit, address, context.emit)
    try {
      return await endpoint(c, context)
    } catch (error) {
      if (isWrongGuess(error)) await context.rateLimits.failure(address, context.emit)
      throw error
    }
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
