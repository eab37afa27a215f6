import { errorCodes, type JsonRpcError } from '../json-rpc.ts'
import type { Era } from '../protocol-version.ts'
import type { CapabilityKind } from './capability-rules.ts'

/** What a caller gets for something that is not there for them: the answer for something that is not there at all. */
export function hiddenError(kind: CapabilityKind, shown: string, era: Era): JsonRpcError {
  switch (kind) {
    case 'tools':
      return { code: errorCodes.invalidParams, message: `Unknown tool: ${shown}` }
    case 'prompts':
      return { code: errorCodes.invalidParams, message: `Unknown prompt: ${shown}` }
    default:
      // The modern era has no code of its own for a missing resource; the legacy one has -32002.
      return era === 'modern'
        ? { code: errorCodes.invalidParams, message: 'Resource not found', data: { uri: shown } }
        : { code: errorCodes.resourceNotFound, message: 'Resource not found', data: { uri: shown } }
  }
}
