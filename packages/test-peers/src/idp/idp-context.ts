import type { JWTPayload } from 'jose'

import type { Clock } from '../clock.ts'
import type { IdpClient } from './idp-client.ts'

/** The places at which the provider answers. */
export type IdpEndpoint =
  | 'discovery'
  | 'jwks'
  | 'authorization'
  | 'token'
  | 'userinfo'
  | 'revocation'
  | 'endSession'

/** A request as the provider saw it. */
export interface IdpRequest {
  readonly endpoint: IdpEndpoint
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  /** Query and body together; a JSON body's string members too. */
  readonly parameters: URLSearchParams
}

/** A user: the claims of the ID token and of userinfo. */
export type IdpUser = JWTPayload & { readonly sub: string }

/** The state and the switches that the endpoints share. */
export interface IdpContext {
  readonly issuer: string
  readonly endpoints: Readonly<Record<IdpEndpoint, string>>
  readonly clients: readonly IdpClient[]
  readonly clock: Clock
  readonly sendsIss: boolean
  readonly codes: Map<string, Grant>
  readonly refreshTokens: Map<string, Grant>
  readonly accessTokens: Map<string, Grant>
  currentUser(): IdpUser | undefined
  signIdToken(claims: JWTPayload, client: IdpClient, accessToken: string): Promise<string>
  bendCallback(parameters: URLSearchParams, request: IdpRequest): URLSearchParams
  responseMode(requested: string): string
}

/** What a code or a token stands for. */
export interface Grant {
  readonly client: IdpClient
  readonly user: IdpUser
  readonly scope: string
  readonly redirectUri: string
  readonly nonce: string | undefined
  readonly codeChallenge: string | undefined
  /** Unix seconds. */
  readonly authTime: number
  readonly sessionId: string
}
