/** What a verifier throws when it looks at no more tokens of one client for a while; that of `@portico/core` is one. */
export interface RateRefusal {
  /** For the client. */
  readonly message: string
  readonly retryAfterSeconds: number
}

/** Tells that a client is to come back later from a failure. */
export const isRateRefusal = (error: unknown): error is RateRefusal =>
  error instanceof Error && 'retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number'
