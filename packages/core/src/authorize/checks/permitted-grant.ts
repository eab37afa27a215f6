import { OAuthError } from '../../oauth-error.ts'
import type { ProvenArrival } from '../check.ts'

/** A client that was configured for other grants alone gets no authorization code (RFC 6749 §4.1.2.1). */
export function permittedGrant({ client }: ProvenArrival): object {
  if (!client.grantTypes.includes('authorization_code')) {
    throw new OAuthError('unauthorized_client', 'The client may not use the authorization_code grant.')
  }
  return {}
}
