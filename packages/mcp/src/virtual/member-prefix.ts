import { isJsonObject, type JsonObject } from '../json-rpc.ts'

/** One word, so that the first separator ends it: names can be taken apart again (PROXY-14). */
export const prefixPattern: RegExp = /^[a-z][a-z0-9]{0,15}$/

export const prefixedName = (prefix: string, name: string): string => `${prefix}_${name}`
/** Becomes part of the scheme, which may hold a plus sign (RFC 3986 §3.1). */
export const prefixedUri = (prefix: string, uri: string): string => `${prefix}+${uri}`

/** A prefixed name or URI taken apart. */
export interface Addressed {
  readonly prefix: string
  readonly id: string
}

export const addressedName = (name: unknown): Addressed | undefined => splitAt(name, '_')
export const addressedUri = (uri: unknown): Addressed | undefined => splitAt(uri, '+')

function splitAt(text: unknown, separator: string): Addressed | undefined {
  const end = typeof text === 'string' ? text.indexOf(separator) : -1
  return typeof text === 'string' && end > 0
    ? { prefix: text.slice(0, end), id: text.slice(end + 1) }
    : undefined
}

/** A result in which every URI can be read through the virtual server. */
export function withPrefixedUris(result: JsonObject, prefix: string): JsonObject {
  const resource = (value: unknown): unknown =>
    isJsonObject(value) && typeof value['uri'] === 'string'
      ? { ...value, uri: prefixedUri(prefix, value['uri']) }
      : value
  const block = (value: unknown): unknown => {
    if (!isJsonObject(value)) return value
    if (value['type'] === 'resource_link') return resource(value)
    return value['type'] === 'resource' ? { ...value, resource: resource(value['resource']) } : value
  }
  const message = (value: unknown): unknown =>
    isJsonObject(value) ? { ...value, content: block(value['content']) } : value
  const changed = (member: string, change: (value: unknown) => unknown) => {
    const list = result[member]
    return Array.isArray(list) ? { [member]: (list as readonly unknown[]).map(change) } : {}
  }
  // The result of a task is that of the call which has become one.
  const { result: ofTask } = result
  return {
    ...result,
    ...(isJsonObject(ofTask) && { result: withPrefixedUris(ofTask, prefix) }),
    ...changed('content', block),
    ...changed('messages', message),
    ...changed('contents', resource),
  }
}
