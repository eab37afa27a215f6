import { isJsonObject, type JsonObject, type JsonRpcRequest } from '../json-rpc.ts'
import { metaKeys } from '../protocol-version.ts'
import type { OwnSession } from '../session-binding.ts'
import { modernMeta } from './modern-meta.ts'
import { toModernCapabilities } from './to-session.ts'

/** A request of a session as the modern era has it: with all that the session knows, and under an id of its own (UP-18). */
export function toModernRequest(
  { method, params = {} }: Pick<JsonRpcRequest, 'method' | 'params'>,
  session: OwnSession,
  logLevel: unknown,
  extra: JsonObject = {},
): JsonRpcRequest {
  const { _meta: meta } = params
  return {
    jsonrpc: '2.0',
    id: crypto.randomUUID(),
    method,
    params: {
      ...params,
      ...extra,
      _meta: {
        ...(isJsonObject(meta) ? meta : {}),
        ...modernMeta(toModernCapabilities(session.capabilities), session.clientInfo),
        ...(logLevel === undefined ? {} : { [metaKeys.logLevel]: logLevel }),
      },
    },
  }
}
