import { errorCodes, isJsonObject, type JsonRpcError, type RequestId } from './json-rpc.ts'

/** A complete answer to the client, as data: each transport writes it in its own way. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What `body` was made of, where it is an error of ours. */
  readonly error?: { readonly id: RequestId | undefined; readonly error: JsonRpcError }
}

/** A JSON-RPC error under an HTTP status; `id` is null where no request could be read. */
export function errorAnswer(
  status: number,
  id: RequestId | undefined,
  error: JsonRpcError,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { ...jsonAnswer(status, { jsonrpc: '2.0', id: id ?? null, error }, headers), error: { id, error } }
}

/** The error with the id of the HTTP request in its `data`. */
export function identified(error: JsonRpcError, requestId: string | undefined): JsonRpcError {
  if (requestId === undefined) return error
  return { ...error, data: { ...(isJsonObject(error.data) && error.data), requestId } }
}

/** The same for the answer of a guard, whose body is `{ "error": "…" }` (RFC 6750 §3). */
export function identifiedChallenge(answer: Answer, requestId: string | undefined): Answer {
  if (requestId === undefined) return answer
  try {
    const body: unknown = JSON.parse(answer.body)
    return isJsonObject(body)
      ? { ...answer, body: JSON.stringify({ ...body, request_id: requestId }) }
      : answer
  } catch {
    return answer
  }
}

/** What goes over the wire: an error of ours names the request, whatever the upstream said stays as it is. */
export function bodyOf({ body, error }: Answer, requestId: string | undefined): string {
  if (error === undefined || requestId === undefined) return body
  return JSON.stringify({ jsonrpc: '2.0', id: error.id ?? null, error: identified(error.error, requestId) })
}

export const jsonAnswer = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
})

export const badRequest = (
  id: RequestId | undefined,
  code: number,
  message: string,
  data?: unknown,
): Answer => errorAnswer(400, id, data === undefined ? { code, message } : { code, message, data })

export const methodNotAllowed = (allow: string): Answer =>
  errorAnswer(405, undefined, { code: errorCodes.invalidRequest, message: `use ${allow}` }, { allow })

/** TL-03: clients start a session anew on 404, and on nothing else. */
export const sessionNotFound = (id: RequestId | undefined): Answer =>
  errorAnswer(404, id, {
    code: errorCodes.invalidRequest,
    message: 'unknown or ended session: initialize again',
  })

/** TR-18. */
export const tooLarge = (maxBytes: number): Answer =>
  errorAnswer(413, undefined, { code: errorCodes.invalidRequest, message: `no more than ${maxBytes} bytes` })

export const toResponse = (answer: Answer, requestId: string | undefined): Response =>
  new Response(answer.body === '' ? null : bodyOf(answer, requestId), {
    status: answer.status,
    headers: { ...answer.headers },
  })
