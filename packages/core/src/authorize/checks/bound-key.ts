import { OAuthError } from '../../oauth-error.ts'
import type { AuthorizationRequest } from '../../records.ts'
import type { Arrival } from '../check.ts'

/** RFC 9449 §10: the code can be bound to a key beforehand. Without DPoP the parameter is one nobody knows. */
export function boundKey({ context, parameters }: Arrival): Pick<AuthorizationRequest, 'dpopKey'> {
  const dpopKey = parameters.get('dpop_jkt')
  if (!context.settings.dpop || dpopKey === undefined) return {}
  if (!/^[\w-]{43}$/.test(dpopKey)) {
    throw new OAuthError('invalid_request', 'dpop_jkt must be the SHA-256 thumbprint of a key.')
  }
  return { dpopKey }
}
