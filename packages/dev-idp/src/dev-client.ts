/** An application that may sign users in: what one would create in Logto's console. */
export interface DevClient {
  readonly clientId: string
  readonly clientSecret: string
  /** Shown on the sign-in page. */
  readonly name?: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  /** Must be on loopback. */
  readonly backchannelLogoutUri?: string
}
