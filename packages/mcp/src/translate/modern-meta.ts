import type { JsonObject } from '../json-rpc.ts'
import { metaKeys, modernVersions } from '../protocol-version.ts'

/** Who we are where there is no client behind a request. */
export const ownClientInfo: JsonObject = { name: 'portico', version: '0' }

/** The `_meta` that every request of the modern era carries. */
export const modernMeta = (
  capabilities: JsonObject = {},
  clientInfo: JsonObject = ownClientInfo,
): JsonObject => ({
  [metaKeys.protocolVersion]: modernVersions[0],
  [metaKeys.clientInfo]: clientInfo,
  [metaKeys.clientCapabilities]: capabilities,
})

const modernKeys: ReadonlySet<string> = new Set(Object.values(metaKeys))

/** Params without what only the modern era has in `_meta`, and without what only a repetition has. */
export function withoutModern(params: JsonObject = {}): JsonObject {
  const { _meta: meta, ...others } = params
  const rest = Object.entries(others).filter(([name]) => name !== 'inputResponses' && name !== 'requestState')
  const kept = Object.entries((meta ?? {}) as JsonObject).filter(([key]) => !modernKeys.has(key))
  return { ...Object.fromEntries(rest), ...(kept.length === 0 ? {} : { _meta: Object.fromEntries(kept) }) }
}
