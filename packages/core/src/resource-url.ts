import type { Resource, Settings } from './settings.ts'

/**
 * The resource that `value` names, in any of the spellings AS-32 tolerates: trailing slash, case of scheme and host,
 * default port. Path and query are compared exactly: `/mcp/a` is neither `/mcp/A` nor `/mcp/a%2F`.
 */
export function findResource(settings: Settings, value: string): Resource | undefined {
  return settings.resources.get(value) ?? settings.resources.get(canonicalResourceUrl(value) ?? '')
}

/** RFC 8707 §2: an absolute URI without fragment; here spelled as {@link Resource.url} is, or `undefined`. */
function canonicalResourceUrl(value: string): string | undefined {
  // The URL parser also resolves dot segments, strips tabs and turns backslashes around: none of that is tolerated.
  const match = /^([a-z]+):\/\/([^/?#@\\\s]+)(\/[^?#\\\s]*)?$/i.exec(value)
  if (!match || /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(match[3] ?? '')) return undefined
  if (!URL.canParse(value)) return undefined
  const path = match[3] ?? ''
  return new URL(value).origin + (path.endsWith('/') ? path.slice(0, -1) : path)
}
