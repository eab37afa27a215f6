/** What became of a request to the collector (OTLP, "Failures"). */
export type SendResult =
  | { readonly kind: 'sent'; readonly rejected: number; readonly reason: string }
  /** The same again later; `afterMs` is what the collector asks for. */
  | { readonly kind: 'later'; readonly afterMs: number | undefined; readonly reason: string }
  /** Never again: the collector does not want this. */
  | { readonly kind: 'refused'; readonly reason: string }

export interface SendOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Milliseconds. */
  readonly now: () => number
}

/** Of what a collector says, as much is read. */
const maximumAnswer = 65_536
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Sends one batch. Never throws; no reason holds a header. */
export async function sendLogs(
  { url, headers, fetch, now }: SendOptions,
  body: string,
  signal: AbortSignal,
): Promise<SendResult> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      // The headers may hold a secret, which is for this address alone.
      redirect: 'manual',
      signal,
    })
    const text = (await response.text()).slice(0, maximumAnswer)
    if (response.ok) return { kind: 'sent', ...partialSuccess(text) }
  } catch (error) {
    return { kind: 'later', afterMs: undefined, reason: unreachable(error) }
  }
  const reason = `it answered ${response.status}`
  return retryable.has(response.status)
    ? { kind: 'later', afterMs: retryAfter(response.headers.get('retry-after'), now()), reason }
    : { kind: 'refused', reason }
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** OTLP, "Partial Success": what was rejected is not to be sent again. */
function partialSuccess(text: string): { readonly rejected: number; readonly reason: string } {
  try {
    const body = JSON.parse(text) as {
      readonly partialSuccess?: {
        readonly rejectedLogRecords?: string | number
        readonly errorMessage?: string
      } | null
    } | null
    const { rejectedLogRecords = 0, errorMessage = '' } = body?.partialSuccess ?? {}
    return { rejected: Number(rejectedLogRecords) || 0, reason: errorMessage.slice(0, 200) }
  } catch {
    // A collector need not say anything.
    return { rejected: 0, reason: '' }
  }
}

/** The innermost cause says what happened: fetch itself says only that it failed. */
function unreachable(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (typeof code === 'string') return `it cannot be reached (${code})`
  return `it cannot be reached (${cause instanceof Error ? cause.name : 'unknown'})`
}
