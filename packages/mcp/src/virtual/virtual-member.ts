import type { Caller } from '../caller.ts'
import { errorCodes, isJsonObject, type JsonObject, type JsonRpcRequest } from '../json-rpc.ts'
import type { McpProxy } from '../mcp-proxy.ts'
import { modernHeaders } from '../standard-headers.ts'

/** One upstream of a virtual server, behind a proxy of its own: with its credentials, era and failures. */
export interface VirtualMember {
  /** `linear` → `linear_create_issue`; a letter, then up to 15 letters or digits, in lower case. */
  readonly prefix: string
  readonly proxy: McpProxy
}

/** A request to members, as the proxy in front has sent it. */
export interface VirtualRequest {
  readonly message: JsonRpcRequest
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
  readonly caller: Caller
}

/** What one member says to a question that all are asked. */
export type MemberAnswer =
  | { readonly prefix: string; readonly result: JsonObject }
  | { readonly prefix: string; readonly error: JsonObject }

/** Asks one member, with what is its own in place of the prefixed names. */
export function askMember(
  { proxy }: VirtualMember,
  { message, headers, signal, caller }: VirtualRequest,
  accept = 'application/json, text/event-stream',
): Promise<Response> {
  const request = new Request('http://member.invalid/', {
    method: 'POST',
    headers: { ...headers, ...modernHeaders(message), accept, 'content-type': 'application/json' },
    body: JSON.stringify(message),
    ...(signal && { signal }),
  })
  return proxy.fetch(request, caller, headers['x-request-id'])
}

/** The answer of a member to a question without progress; whatever is no answer is an error that names it. */
export async function answerOfMember(member: VirtualMember, request: VirtualRequest): Promise<MemberAnswer> {
  const { prefix } = member
  const response = await askMember(member, request, 'application/json')
  const message: unknown = await response.json().catch(() => undefined)
  const { result, error } = isJsonObject(message) ? message : {}
  if (isJsonObject(result)) return { prefix, result }
  return {
    prefix,
    error: isJsonObject(error)
      ? error
      : { code: errorCodes.internalError, message: `${prefix} gave no answer` },
  }
}
