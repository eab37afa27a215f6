import type { SafeFetch } from '@portico/safe-fetch'

/** A JSON object of the provider, and when it says it was sent. */
export interface FetchedDocument {
  readonly members: Readonly<Record<string, unknown>>
  /** The `Date` header in Unix seconds. */
  readonly sentAt: number | undefined
}

/** What came in its place, as the end of a sentence: `answered 404`. */
export interface MissingDocument {
  readonly why: string
}

export async function fetchDocument(
  url: string,
  fetch: SafeFetch,
): Promise<FetchedDocument | MissingDocument> {
  let response: Response
  try {
    response = await fetch(url, { headers: { accept: 'application/json' } })
  } catch (error) {
    return { why: `could not be fetched: ${error instanceof Error ? error.message : String(error)}` }
  }
  if (!response.ok) return { why: `answered ${response.status}` }
  let body: unknown
  try {
    body = await response.json()
  } catch {
    return { why: 'did not answer with JSON' }
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { why: 'did not answer with a JSON object' }
  const date = Date.parse(response.headers.get('date') ?? '')
  return {
    members: body as Readonly<Record<string, unknown>>,
    sentAt: Number.isNaN(date) ? undefined : Math.floor(date / 1000),
  }
}

export function isMissing(document: FetchedDocument | MissingDocument): document is MissingDocument {
  return 'why' in document
}
