import { OAuthError } from '../oauth-error.ts'
import type { AnswerAddress } from './answer-address.ts'

/**
 * An error of the authorization endpoint that the client is told about (RFC 6749 §4.1.2.1). It cannot be made without a
 * proven address; whoever has none throws a `PageProblem`, which ends on a page of ours.
 */
export class AuthorizationError extends OAuthError {
  readonly address: AnswerAddress

  constructor(error: OAuthError, address: AnswerAddress) {
    super(error.code, error.message, { cause: error })
    this.address = address
  }
}
