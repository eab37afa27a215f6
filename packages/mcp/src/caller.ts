/** Who makes a request, as the guard in front of the proxy has proved it. An access token's facts fit as they are. */
export interface Caller {
  readonly subject: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Unix seconds; streams end then (RS-19). */
  readonly expiresAt?: number | undefined
  /** Thumbprint of the key that the token is bound to (RFC 9449), for challenges in the scheme of the token. */
  readonly dpopKey?: string | undefined
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}
