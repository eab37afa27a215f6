/** Why nobody could be identified: the provider's data do not fit, or this user is kept out on purpose. */
export type IdentityErrorCode = 'invalid_claims' | 'sign_in_refused'

/** Thrown by `identify`. The message of `sign_in_refused` may be shown to the user. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError'
  readonly code: IdentityErrorCode

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
