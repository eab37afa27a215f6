import { OAuthError } from '../../oauth-error.ts'
import type { Arrival } from '../check.ts'

/** RFC 9126 §5: where pushing is required, nothing that came by way of the browser counts. */
export function pushedIfRequired({ context, pushed }: Arrival): object {
  if (context.settings.pushedAuthorizationRequests === 'required' && !pushed) {
    throw new OAuthError('invalid_request', 'The request must be pushed first (RFC 9126).')
  }
  return {}
}
