import { corsHeaders } from './api-response.ts'
import { sha256Text } from './digest.ts'

/** A public JSON document, rendered once. */
export interface StaticDocument {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
}

/** Members that are `undefined` are left out, as are empty lists (RFC 8414 §3.2). */
export function createStaticDocument(content: Readonly<Record<string, unknown>>): StaticDocument {
  const members = Object.entries(content).filter(([, value]) => !(Array.isArray(value) && value.length === 0))
  const body = JSON.stringify(Object.fromEntries(members))
  const etag = `"${sha256Text(body)}"`
  return {
    body,
    etag,
    headers: {
      ...corsHeaders,
      'content-type': 'application/json',
      // AS-17: minutes, so that a change of keys or endpoints is seen in time.
      'cache-control': 'public, max-age=300',
      etag,
    },
  }
}

/** The answer to a GET of a document, for any transport. */
export interface DocumentAnswer {
  readonly status: 200 | 304
  readonly headers: Readonly<Record<string, string>>
  /** Empty for 304. */
  readonly body: string
}

/**
 * RFC 9110 §13.1.2: 304 for who has it already.
 *
 * @param known the value of `If-None-Match`, if the request has one
 */
export function answerDocument(
  { body, headers, etag }: StaticDocument,
  known: string | null,
): DocumentAnswer {
  return known !== null && (known === '*' || known.includes(etag))
    ? { status: 304, headers, body: '' }
    : { status: 200, headers, body }
}

export function documentResponse(document: StaticDocument, request: Request): Response {
  const { status, headers, body } = answerDocument(document, request.headers.get('if-none-match'))
  return new Response(status === 304 ? null : body, { status, headers })
}
