import { OAuthError } from '../../oauth-error.ts'
import type { AuthorizationRequest } from '../../records.ts'
import type { Arrival } from '../check.ts'

/** AS-28: `query` or `form_post`; a fragment would be readable by scripts of the page it lands on. */
export function responseMode({ parameters }: Arrival): Pick<AuthorizationRequest, 'responseMode'> {
  const mode = parameters.get('response_mode') ?? 'query'
  if (mode !== 'query' && mode !== 'form_post') {
    throw new OAuthError('invalid_request', 'response_mode must be query or form_post.')
  }
  return { responseMode: mode }
}
