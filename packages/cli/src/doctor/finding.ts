/** What was looked at. Stable: programs read it. */
export type Check =
  | 'discovery'
  | 'issuer'
  | 'jwks_uri'
  | 'authorization_endpoint'
  | 'token_endpoint'
  | 'userinfo_endpoint'
  | 'end_session_endpoint'
  | 'revocation_endpoint'
  | 'signing_algorithms'
  | 'keys'
  | 'client_authentication'
  | 'pkce'
  | 'scopes'
  | 'response_mode'
  | 'response_iss'
  | 'redirect_uri'
  | 'client_credentials'
  | 'clock'

/** What was found. A `problem` keeps users from signing in, a `warning` may do so, or is worth knowing. */
export interface Finding {
  readonly check: Check
  readonly status: 'ok' | 'warning' | 'problem'
  /** What is the case. */
  readonly message: string
  /** What to change, and where; absent where all is well. */
  readonly remedy?: string
}

export const ok = (check: Check, message: string): Finding => ({ check, status: 'ok', message })

export const warning = (check: Check, message: string, remedy: string): Finding => ({
  check,
  status: 'warning',
  message,
  remedy,
})

export const problem = (check: Check, message: string, remedy: string): Finding => ({
  check,
  status: 'problem',
  message,
  remedy,
})
