import type { SafeFetch } from '@portico/safe-fetch'

/** The gateway as clients reach it, and the ways to ask it. */
export interface RunningGateway {
  /** Origin, without a slash at its end. */
  readonly publicUrl: string
  /** Paths of the MCP routes. */
  readonly routes: readonly string[]
  /** Bytes that the gateway takes of one request. */
  readonly requestBytes: number
  /** Addresses and ranges whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[]
  /** For documents. */
  readonly fetch: SafeFetch
  /** As a client would ask it, but following no redirect, and with the body as it comes. */
  readonly open: (url: string, init?: RequestInit) => Promise<Response>
}

/** How a message names an answer that is not the expected one. */
export function answerInWords(response: Response): string {
  const type = response.headers.get('content-type')?.split(';')[0]
  if (response.status >= 300 && response.status < 400) {
    return `redirects to ${response.headers.get('location') ?? 'nowhere'} (${response.status})`
  }
  return `answers ${response.status}${type === undefined ? '' : ` with ${type}`}`
}

/** The innermost code of what `fetch` throws, e.g. `CERT_HAS_EXPIRED`. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error && 'code' in error.cause) return codeOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
