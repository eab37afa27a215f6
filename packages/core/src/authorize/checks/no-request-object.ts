import { OAuthError, type OAuthErrorCode } from '../../oauth-error.ts'
import type { Arrival } from '../check.ts'

const refusals: Readonly<Record<string, OAuthErrorCode>> = {
  request: 'request_not_supported',
  request_uri: 'request_uri_not_supported',
  registration: 'registration_not_supported',
}

/** AS-42: parameters inside a request object would be ignored, so the request is refused (OpenID Connect Core §6). */
export function noRequestObject({ parameters }: Arrival): object {
  for (const [name, code] of Object.entries(refusals)) {
    if (parameters.get(name) !== undefined) throw new OAuthError(code, `${name} is not supported.`)
  }
  return {}
}
