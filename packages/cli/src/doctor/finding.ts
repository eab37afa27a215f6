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
  // The public URL, as the outside sees it.
  | 'reachable'
  | 'server_metadata'
  | 'resource_metadata'
  | 'cors'
  | 'challenge'
  | 'body_limit'
  | 'streaming'
  | 'proxy_headers'
  // Keys and storage.
  | 'keyring'
  | 'retired_key'
  | 'signing_key'
  | 'storage'
  | 'shared_storage'
  // Upstreams.
  | 'mcp_endpoint'
  | 'static_credential'
  | 'authorization_server'
  | 'registration'
  // Clients.
  | 'connects'

/**
 * What was found. A `problem` keeps users from signing in or from their tools, a `warning` may do so, or is worth knowing;
 * `skipped` was not looked at, and the message says why.
 */
export interface Finding {
  readonly check: Check
  readonly status: 'ok' | 'warning' | 'problem' | 'skipped'
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

export const skipped = (check: Check, message: string): Finding => ({ check, status: 'skipped', message })
