import { errorCodes, type JsonObject } from '../json-rpc.ts'

/** Our answer to a request of an upstream that no client is going to answer. */
export const declined = ({ id, method }: JsonObject): JsonObject =>
  method === 'ping'
    ? { jsonrpc: '2.0', id, result: {} }
    : { jsonrpc: '2.0', id, error: { code: errorCodes.methodNotFound, message: 'nobody is there to answer' } }
