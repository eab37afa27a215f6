import { OAuthError } from '../oauth-error.ts'
import { readText, requireContentType } from '../read-body.ts'
import { PageProblem } from './page-problem.ts'

const maximumBytes = 65_536

/**
 * The fields that a browser posted.
 *
 * @throws {PageProblem} `invalid_request` when it is no form, or larger than any of ours
 */
export async function readFields(request: Request): Promise<URLSearchParams> {
  try {
    requireContentType(request, 'application/x-www-form-urlencoded')
    return new URLSearchParams(await readText(request, maximumBytes))
  } catch (cause) {
    if (cause instanceof OAuthError)
      throw new PageProblem('invalid_request', { detail: cause.message, cause })
    throw cause
  }
}
