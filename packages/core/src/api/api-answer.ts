import { StorageUnavailableError } from '@portico/storage'

import { OAuthError } from '../oauth-error.ts'

/** The answer of an endpoint for programs, for any transport. */
export interface ApiAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Empty where there is none. */
  readonly body: string
}

/** AS-72: any origin, no credentials. These endpoints authenticate by body or header, never by cookie. */
export const corsHeaders = { 'access-control-allow-origin': '*' } as const

const emptyHeaders = {
  ...corsHeaders,
  // AS-54: nothing here may be kept by anybody on the way.
  'cache-control': 'no-store',
} as const

const jsonHeaders = { ...emptyHeaders, 'content-type': 'application/json' } as const

export function jsonAnswer(
  body: unknown,
  status = 200,
  headers?: Readonly<Record<string, string>>,
): ApiAnswer {
  return {
    status,
    headers: headers ? { ...jsonHeaders, ...headers } : jsonHeaders,
    body: JSON.stringify(body),
  }
}

export function emptyAnswer(status: 200 | 204): ApiAnswer {
  return { status, headers: emptyHeaders, body: '' }
}

/**
 * The one place where an error becomes an answer to a program (AS-52). Only {@link OAuthError} speaks for itself;
 * of everything else the outside learns no detail.
 */
export function errorAnswer(error: unknown): ApiAnswer {
  const known = toOAuthError(error)
  return jsonAnswer({ error: known.code, error_description: known.message }, known.status, {
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
  return new OAuthError('server_error', 'The server failed. Its log has the cause.', { cause: error })
}

/** AS-72: a preflight is answered before anything is authenticated. */
export function preflightAnswer(methods: readonly string[]): ApiAnswer {
  return {
    status: 204,
    headers: {
      ...corsHeaders,
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': 'Authorization, Content-Type, Accept, MCP-Protocol-Version, DPoP',
      'access-control-max-age': '7200',
    },
    body: '',
  }
}

export function methodNotAllowed(methods: readonly string[]): ApiAnswer {
  const allow = methods.join(', ')
  const description = `This endpoint only takes ${allow}.`
  return jsonAnswer({ error: 'invalid_request', error_description: description }, 405, { allow })
}

/** For transports that are made of Fetch's objects. */
export function answerResponse({ status, headers, body }: ApiAnswer): Response {
  return new Response(body === '' ? null : body, { status, headers })
}
