/** An answer that ends a request, as data: the Node transport writes it without a `Response`. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Tells an answer that ends the request from a token. */
export const isRefusal = (value: object): value is Refusal => 'status' in value && 'body' in value

/** RS-17: errors are JSON, never a page. */
export function refusal(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ error, error_description: description }),
  }
}

/** A refusal as Fetch has it. */
export const toResponse = ({ status, headers, body }: Refusal): Response =>
  new Response(status === 204 ? null : body, { status, headers: { ...headers } })
