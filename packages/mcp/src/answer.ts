import { errorCodes, type JsonRpcError, type RequestId } from './json-rpc.ts'

/** A complete answer to the client, as data: each transport writes it in its own way. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A JSON-RPC error under an HTTP status; `id` is null where no request could be read. */
export function errorAnswer(
  status: number,
  id: RequestId | undefined,
  error: JsonRpcError,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return jsonAnswer(status, { jsonrpc: '2.0', id: id ?? null, error }, headers)
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

export const toResponse = ({ status, headers, body }: Answer): Response =>
  new Response(body === '' ? null : body, { status, headers: { ...headers } })
