import { sha256Text } from '../digest.ts'
import { type ApiAnswer, corsHeaders } from './api-answer.ts'
import type { ApiRequest } from './api-request.ts'

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

/** RFC 9110 §13.1.2: 304 for who has it already. */
export function documentAnswer({ body, headers, etag }: StaticDocument, request: ApiRequest): ApiAnswer {
  const known = request.header('if-none-match')
  return known !== undefined && (known === '*' || known.includes(etag))
    ? { status: 304, headers, body: '' }
    : { status: 200, headers, body }
}
