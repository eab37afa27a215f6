import { UpstreamError } from '../../oauth-error.ts'

/** Why an ID token was refused: stable, for the audit trail. */
export type IdTokenProblem =
  | 'id_token_missing'
  | 'id_token_malformed'
  | 'id_token_algorithm_not_allowed'
  | 'id_token_key_unknown'
  | 'id_token_signature_invalid'
  | 'id_token_issuer_mismatch'
  | 'id_token_audience_mismatch'
  | 'id_token_nonce_mismatch'
  | 'id_token_expired'
  | 'id_token_not_yet_valid'
  | 'id_token_subject_invalid'
  | 'id_token_access_token_mismatch'
  | 'id_token_claim_mismatch'
  | 'id_token_authentication_too_old'

export function idTokenError(problem: IdTokenProblem, message: string, cause?: unknown): UpstreamError {
  return new UpstreamError(problem, message, { cause })
}
