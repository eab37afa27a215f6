import { type Answer, badRequest } from './answer.ts'
import { decodeHeaderValue, encodeHeaderValue } from './header-value.ts'
import {
  errorCodes,
  isJsonObject,
  isRequest,
  type JsonRpcNotification,
  type JsonRpcRequest,
  metaOf,
} from './json-rpc.ts'
import { metaKeys, modernVersions } from './protocol-version.ts'

/** Which member of params `Mcp-Name` mirrors (transports/streamable-http, Standard Request Headers; tasks extension). */
const nameSources: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
])

type Message = JsonRpcRequest | JsonRpcNotification

/**
 * TR-06 to TR-08: whether a modern message and its headers say the same, and are complete. What the answer should be when
 * not, before anything is forwarded (PROXY-06).
 */
export function checkModern(
  message: Message,
  header: (name: string) => string | undefined,
): Answer | undefined {
  const id = isRequest(message) ? message.id : undefined
  const version = header('mcp-protocol-version')
  const meta = metaOf(message)
  const claimed = meta?.[metaKeys.protocolVersion]
  const mismatch = (text: string) => badRequest(id, errorCodes.headerMismatch, `Header mismatch: ${text}`)

  if (isRequest(message)) {
    if (typeof claimed !== 'string' || !isJsonObject(meta?.[metaKeys.clientCapabilities])) {
      const missing = typeof claimed === 'string' ? metaKeys.clientCapabilities : metaKeys.protocolVersion
      return badRequest(
        id,
        errorCodes.invalidParams,
        `params._meta["${missing}"] is missing or of a wrong type`,
      )
    }
    if (version === undefined) return mismatch('MCP-Protocol-Version is missing')
    if (header('mcp-method') === undefined) return mismatch('Mcp-Method is missing')
  }
  if (version !== undefined && claimed !== undefined && version !== claimed) {
    return mismatch('MCP-Protocol-Version is not the version in the body')
  }
  const requested = typeof claimed === 'string' ? claimed : version
  if (requested !== undefined && !modernVersions.includes(requested)) {
    return badRequest(id, errorCodes.unsupportedProtocolVersion, 'Unsupported protocol version', {
      supported: modernVersions,
      requested,
    })
  }
  const method = header('mcp-method')
  if (method !== undefined && method !== message.method)
    return mismatch('Mcp-Method is not the method in the body')
  const problem = isRequest(message) ? checkName(message, header('mcp-name')) : undefined
  return problem === undefined ? undefined : mismatch(problem)
}

function checkName(message: JsonRpcRequest, header: string | undefined): string | undefined {
  const name = nameOf(message)
  if (header === undefined) return name === undefined ? undefined : 'Mcp-Name is missing'
  if (!nameSources.has(message.method)) return undefined
  const decoded = decodeHeaderValue(header)
  if (decoded === undefined) return 'Mcp-Name is not encoded as it says'
  return name !== undefined && decoded !== name ? 'Mcp-Name is not the name in the body' : undefined
}

function nameOf(message: Message): string | undefined {
  const member = nameSources.get(message.method)
  const value = member === undefined ? undefined : message.params?.[member]
  return typeof value === 'string' ? value : undefined
}

/** The mirrored headers for the next hop, made from the body and from nothing else (PROXY-03). */
export function modernHeaders(message: Message): Record<string, string> {
  const claimed = metaOf(message)?.[metaKeys.protocolVersion]
  const name = nameOf(message)
  return {
    'mcp-protocol-version': typeof claimed === 'string' ? claimed : (modernVersions[0] ?? ''),
    'mcp-method': encodeHeaderValue(message.method),
    ...(name === undefined ? {} : { 'mcp-name': encodeHeaderValue(name) }),
  }
}
