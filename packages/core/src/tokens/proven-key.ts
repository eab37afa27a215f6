import type { ApiRequest } from '../api/api-request.ts'
import type { Context } from '../context.ts'
import { verifyDpopProof } from './dpop-proof.ts'

/**
 * The thumbprint of the key that a request to an endpoint proves (RFC 9449 §5, §10.1), if it brings a proof and DPoP is
 * switched on.
 *
 * @throws {OAuthError} `invalid_dpop_proof` or `use_dpop_nonce`
 */
export function provenKey(context: Context, request: ApiRequest): Promise<string> | undefined {
  const { settings } = context
  const proof = request.header('dpop')
  if (!settings.dpop || proof === undefined) return undefined
  const url = settings.publicUrl + request.path
  return verifyDpopProof(context, proof, { method: request.method, url })
}
