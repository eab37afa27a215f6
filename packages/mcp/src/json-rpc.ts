/** What JSON can say, as it was parsed: nothing about it is known yet. */
export type JsonObject = { readonly [member: string]: unknown }

export type RequestId = string | number

export interface JsonRpcRequest extends JsonObject {
  readonly jsonrpc: '2.0'
  readonly id: RequestId
  readonly method: string
  readonly params?: JsonObject
}

export interface JsonRpcNotification extends JsonObject {
  readonly jsonrpc: '2.0'
  readonly method: string
  readonly params?: JsonObject
}

/** An answer of the client to a request of the server; the session eras have them. */
export interface JsonRpcResponse extends JsonObject {
  readonly jsonrpc: '2.0'
  readonly id: RequestId
}

export type JsonRpcMessage = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse

/** The `error` of a JSON-RPC 2.0 response (§5.1). */
export interface JsonRpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** An error as the response to a request. */
export const errorResponse = (id: RequestId, code: number, message: string): JsonObject => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
})

/** The error codes that the proxy itself answers with. */
export const errorCodes = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
  headerMismatch: -32_020,
  missingClientCapability: -32_021,
  unsupportedProtocolVersion: -32_022,
  /** Of the session eras only. */
  resourceNotFound: -32_002,
  /** 2025-11-25 only. */
  urlElicitationRequired: -32_042,
  /** Our own, outside the range that JSON-RPC and MCP reserve: an account has to be connected first. */
  connectRequired: -31_001,
  /** Our own: the upstream failed, not the request. */
  upstreamFailed: -31_002,
} as const

/** Errors that only a server of the modern era knows. */
export const modernErrors: ReadonlySet<unknown> = new Set([
  errorCodes.headerMismatch,
  errorCodes.missingClientCapability,
  errorCodes.unsupportedProtocolVersion,
])

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isRequest = (message: JsonRpcMessage): message is JsonRpcRequest =>
  'method' in message && 'id' in message

export const isResponse = (message: JsonRpcMessage): message is JsonRpcResponse => !('method' in message)

/** The `_meta` of a message's params. */
export function metaOf(message: JsonObject): JsonObject | undefined {
  const params = message['params']
  const meta = isJsonObject(params) ? params['_meta'] : undefined
  return isJsonObject(meta) ? meta : undefined
}
