export interface JobRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What the load generator sends. Made by the server's process, which knows its own codes and tokens. */
export type Job =
  /** The same request again and again. */
  | { readonly kind: 'repeat'; readonly request: JobRequest }
  /** Each form once; the job is over when there are no more. */
  | { readonly kind: 'forms'; readonly path: string; readonly forms: readonly string[] }
  /** Every connection begins with one refresh token and goes on with the one in each answer. */
  | {
      readonly kind: 'chains'
      readonly path: string
      readonly clientId: string
      readonly refreshTokens: readonly string[]
    }

export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }
export const jsonHeaders = { 'content-type': 'application/json' }
