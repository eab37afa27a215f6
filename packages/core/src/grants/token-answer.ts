import type { IssuedAccessToken } from '../tokens/access-tokens.ts'

/** What a grant type hands to the token endpoint. */
export interface TokenAnswer {
  readonly access: IssuedAccessToken
  readonly scope: string
  readonly refreshToken?: string | undefined
  /** RFC 8693 §2.2.1, of an exchange. */
  readonly issuedTokenType?: string | undefined
}
