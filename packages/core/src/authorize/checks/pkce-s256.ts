import { OAuthError } from '../../oauth-error.ts'
import type { AuthorizationRequest } from '../../records.ts'
import type { Arrival } from '../check.ts'

/** AS-26, AS-27: of every client, and by SHA-256 (RFC 7636 §4.2 to §4.4.1). */
export function pkceS256({ parameters }: Arrival): Pick<AuthorizationRequest, 'codeChallenge'> {
  const codeChallenge = parameters.get('code_challenge')
  if (codeChallenge === undefined) {
    throw new OAuthError('invalid_request', 'code_challenge is missing: PKCE is required.')
  }
  if (parameters.get('code_challenge_method') !== 'S256') {
    throw new OAuthError('invalid_request', 'code_challenge_method must be S256.')
  }
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(codeChallenge)) {
    throw new OAuthError('invalid_request', 'code_challenge must be 43 to 128 unreserved characters.')
  }
  return { codeChallenge }
}
