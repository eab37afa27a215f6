import { StorageUnavailableError } from '@portico/storage'

import { OAuthError } from './oauth-error.ts'

/** AS-72: any origin, no credentials. These endpoints authenticate by body or header, never by cookie. */
export const corsHeaders = { 'access-control-allow-origin': '*' } as const

const apiHeaders = {
  ...corsHeaders,
  'content-type': 'application/json',
  // AS-54: nothing here may be kept by anybody on the way.
  'cache-control': 'no-store',
} as const

/** An answer of an endpoint that programs talk to. */
export function jsonResponse(
  body: unknown,
  status = 200,
  headers?: Readonly<Record<string, string>>,
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: headers ? { ...apiHeaders, ...headers } : apiHeaders,
  })
}

/**
 * The one place where an error becomes an answer to a program (AS-52). Only {@link OAuthError} speaks for itself;
 * of everything else the outside learns no detail.
 */
export function errorResponse(error: unknown): Response {
  const known = toOAuthError(error)
  return jsonResponse({ error: known.code, error_description: known.message }, known.status, {
    'access-control-expose-headers': 'WWW-Authenticate, Retry-After, DPoP-Nonce, X-Request-Id',
    ...known.headers,
  })
}

/** What the outside may know of `error`. A storage that cannot answer is a matter of time, never of the grant. */
function toOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  if (error instanceof StorageUnavailableError) {
    return new OAuthError(
      'temporarily_unavailable',
      'The server cannot reach its storage. Try again shortly.',
      {
        cause: error,
        headers: { 'retry-after': '5' },
      },
    )
  }
  return new OAuthError('server_error', 'The server failed. Its log tells why.', { cause: error })
}

/** AS-72: a preflight is answered before anything is authenticated. */
export function preflightResponse(methods: readonly string[]): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders,
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': 'Authorization, Content-Type, Accept, MCP-Protocol-Version, DPoP',
      'access-control-max-age': '7200',
    },
  })
}
