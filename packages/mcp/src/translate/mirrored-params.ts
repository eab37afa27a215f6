import { decodeHeaderValue, encodeHeaderValue } from '../header-value.ts'
import { isJsonObject, type JsonObject } from '../json-rpc.ts'

/** Which arguments of a tool its server wants to see in headers: header name and path of members. */
export type MirroredParams = readonly { readonly header: string; readonly path: readonly string[] }[]

const annotation = 'x-mcp-header'
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const primitives: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean'])

/**
 * Reads the `x-mcp-header` annotations of an input schema (transports/streamable-http, Schema Extension); `invalid` when
 * one breaks the rules, which makes the whole tool unusable over HTTP (PROXY-19).
 */
export function mirroredParams(inputSchema: unknown): MirroredParams | 'invalid' {
  const found: { header: string; path: readonly string[] }[] = []
  const names = new Set<string>()

  const visitProperties = (schema: JsonObject, path: readonly string[]): boolean => {
    const { properties } = schema
    if (!isJsonObject(properties)) return true
    return Object.entries(properties).every(([name, property]) => {
      if (!isJsonObject(property)) return true
      const here = [...path, name]
      if (Object.hasOwn(property, annotation) && !take(property, here)) return false
      return visitProperties(property, here)
    })
  }
  const take = (property: JsonObject, path: readonly string[]): boolean => {
    const name = property[annotation]
    if (typeof name !== 'string' || !token.test(name) || names.has(name.toLowerCase())) return false
    names.add(name.toLowerCase())
    found.push({ header: `mcp-param-${name.toLowerCase()}`, path })
    return primitives.has(property['type'])
  }

  if (!isJsonObject(inputSchema)) return []
  const isValid = visitProperties(inputSchema, []) && countAnnotations(inputSchema) === found.length
  return isValid ? found : 'invalid'
}

/** Annotations anywhere, reachable or not. Members of `properties` are names of arguments, not keywords. */
function countAnnotations(node: unknown, isPropertyMap = false): number {
  if (Array.isArray(node)) return node.reduce((count: number, item) => count + countAnnotations(item), 0)
  if (!isJsonObject(node)) return 0
  let count = !isPropertyMap && Object.hasOwn(node, annotation) ? 1 : 0
  for (const [name, value] of Object.entries(node))
    count += countAnnotations(value, !isPropertyMap && name === 'properties')
  return count
}

/** The headers for a call; an argument that is absent or null has none. */
export function paramHeadersFor(mirrored: MirroredParams, args: unknown): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const { header, path } of mirrored) {
    const value = valueAt(args, path)
    if (isMirrorable(value)) headers[header] = encodeHeaderValue(String(value))
  }
  return headers
}

/** Which header does not say what the body says (transports/streamable-http, Server Behavior for Custom Headers). */
export function mismatchedHeader(
  mirrored: MirroredParams,
  args: unknown,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  const wrong = mirrored.find(({ header, path }) => {
    const value = valueAt(args, path)
    if (!isMirrorable(value)) return false
    const decoded = decodeHeaderValue(headers[header] ?? '')
    if (headers[header] === undefined || decoded === undefined) return true
    return typeof value === 'number' ? Number(decoded) !== value : decoded !== String(value)
  })
  return wrong?.header
}

const valueAt = (args: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((node, member) => (isJsonObject(node) ? node[member] : undefined), args)

const isMirrorable = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
