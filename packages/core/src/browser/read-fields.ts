import { bodyText, isOfType } from '../request-body.ts'
import { PageProblem } from './page-problem.ts'

const maximumBytes = 65_536

/**
 * The fields that a browser posted.
 *
 * @throws {PageProblem} `invalid_request` when it is no form, not complete, or larger than any of ours
 */
export async function readFields(request: Request): Promise<URLSearchParams> {
  const mediaType = 'application/x-www-form-urlencoded'
  if (!isOfType(request.headers.get('content-type') ?? undefined, mediaType))
    throw new PageProblem('invalid_request', { detail: `The body must be ${mediaType}.` })
  const text = await bodyText(request, maximumBytes)
  if (text !== undefined) return new URLSearchParams(text)
  throw new PageProblem('invalid_request', {
    detail: `The body must be complete, and not larger than ${maximumBytes} bytes.`,
  })
}
