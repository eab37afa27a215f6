import { OAuthError } from '@portico/core'
import { StorageUnavailableError } from '@portico/storage'

type AnswerHeaders = Readonly<Record<string, string>>

const always = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const

/** An answer to a program of a user or an operator. Never with CORS: no page of another origin may read it. */
export function json(status: number, value: unknown, headers?: AnswerHeaders): Response {
  return Response.json(value, { status, headers: { ...always, ...headers } })
}

export function text(contentType: string, body: string): Response {
  return new Response(body, { headers: { ...always, 'content-type': contentType } })
}

export const noContent = (): Response => new Response(null, { status: 204, headers: always })

export function refuse(
  status: number,
  error: string,
  description: string,
  headers?: AnswerHeaders,
): Response {
  return json(status, { error, error_description: description }, headers)
}

/** What becomes of an error that an endpoint threw; the outside learns no detail of one that nobody expected. */
export function failure(error: unknown): Response {
  if (error instanceof OAuthError) return refuse(error.status, error.code, error.message, error.headers)
  if (error instanceof StorageUnavailableError) {
    const description = 'The server cannot reach its storage. Try again shortly.'
    return refuse(503, 'temporarily_unavailable', description, { 'retry-after': '5' })
  }
  return refuse(500, 'server_error', 'The server failed. Its log has the cause.')
}
