import { errorCodes, isJsonObject, type JsonObject } from '../json-rpc.ts'
import { legacyVersions, metaKeys } from '../protocol-version.ts'

/** The version a session gets: the client's, if we speak it, else our newest (2025-11-25, Version Negotiation). */
export function negotiatedVersion(requested: unknown): string {
  const [newest = ''] = legacyVersions
  return typeof requested === 'string' && legacyVersions.includes(requested) ? requested : newest
}

/** The result of `initialize` out of a discovery. */
export function toInitializeResult(
  discovery: JsonObject,
  protocolVersion: string,
  upstreamName: string,
): JsonObject {
  const { capabilities, instructions, _meta: meta } = discovery
  const { extensions: _extensions, ...kept } = isJsonObject(capabilities) ? capabilities : {}
  const serverInfo = isJsonObject(meta) ? meta[metaKeys.serverInfo] : undefined
  return {
    protocolVersion,
    capabilities: kept,
    serverInfo: isJsonObject(serverInfo) ? serverInfo : { name: upstreamName, version: '0' },
    ...(instructions === undefined ? {} : { instructions }),
  }
}

/** A result without what only the modern era has. */
export function toSessionResult(result: JsonObject): JsonObject {
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, ...kept } = result
  return kept
}

/** What a client of the session eras declares, as the modern era writes it: no wider (UP-18). */
export function toModernCapabilities(capabilities: JsonObject): JsonObject {
  const kept: Record<string, unknown> = {}
  for (const name of ['sampling', 'elicitation', 'experimental']) {
    if (capabilities[name] !== undefined) kept[name] = capabilities[name]
  }
  return capabilities['roots'] === undefined ? kept : { ...kept, roots: {} }
}

/** An error that a session client can make sense of. */
export function toSessionError(error: JsonObject): JsonObject {
  const { code, message } = error
  const isOurs = code === errorCodes.headerMismatch || code === errorCodes.unsupportedProtocolVersion
  // The headers and the version were ours, not the client's.
  return isOurs ? { code: errorCodes.internalError, message } : error
}

/** A notification without the name of the subscription it came over. */
export function toSessionNotification(message: JsonObject): JsonObject {
  const { params } = message
  if (!isJsonObject(params) || !isJsonObject(params['_meta'])) return message
  const { [metaKeys.subscriptionId]: _subscription, ...meta } = params['_meta']
  const { _meta: _all, ...rest } = params
  return { ...message, params: Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta } }
}
