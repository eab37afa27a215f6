import { OAuthError } from '../../oauth-error.ts'
import type { Arrival } from '../check.ts'

/** AS-28: the authorization code is all there is (OAuth 2.1 §4.1.1). */
export function responseTypeCode({ parameters }: Arrival): object {
  const responseType = parameters.get('response_type')
  if (responseType === undefined) throw new OAuthError('invalid_request', 'response_type is missing.')
  if (responseType !== 'code') {
    throw new OAuthError('unsupported_response_type', 'response_type must be code.')
  }
  return {}
}
