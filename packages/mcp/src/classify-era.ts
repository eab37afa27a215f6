import { type Answer, badRequest } from './answer.ts'
import { errorCodes, isRequest, isResponse, type JsonRpcMessage, metaOf } from './json-rpc.ts'
import { type Era, isModernVersion, legacyVersions, metaKeys } from './protocol-version.ts'

/** Whether a message carries the modern era's per-request metadata. */
export const claimsModern = (message: JsonRpcMessage): boolean => {
  const meta = metaOf(message)
  return meta !== undefined && Object.hasOwn(meta, metaKeys.protocolVersion)
}

/**
 * TL-01: the body decides the era. `Mcp-Method` alone says nothing; a modern version header without metadata in the body
 * is a modern request that is incomplete, never a legacy one.
 */
export function classifyEra(message: JsonRpcMessage, versionHeader: string | undefined): Era | Answer {
  const headerIsModern = versionHeader !== undefined && isModernVersion(versionHeader)
  if (isResponse(message)) {
    return headerIsModern
      ? badRequest(message.id, errorCodes.invalidRequest, 'this revision has no responses from clients')
      : 'legacy'
  }
  if (claimsModern(message)) return 'modern'
  if (headerIsModern && isRequest(message) && message.method === 'initialize') {
    return badRequest(
      message.id,
      errorCodes.headerMismatch,
      'Header mismatch: initialize belongs to earlier revisions',
    )
  }
  return headerIsModern ? 'modern' : 'legacy'
}

/** TL-07: a version header of the session eras that we do not know. */
export function checkLegacyVersion(versionHeader: string | undefined): Answer | undefined {
  if (versionHeader === undefined || legacyVersions.includes(versionHeader)) return undefined
  return badRequest(
    undefined,
    errorCodes.invalidRequest,
    `unsupported MCP-Protocol-Version; supported: ${legacyVersions.join(', ')}`,
  )
}
