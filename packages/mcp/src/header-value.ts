const prefix = '=?base64?'
const suffix = '?='
const plain = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/
const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** A value of `Mcp-Name` or `Mcp-Param-*` as it may stand in a header (transports/streamable-http, Value Encoding). */
export function encodeHeaderValue(value: string): string {
  const isSafe = plain.test(value) && !(value.startsWith(prefix) && value.endsWith(suffix))
  if (isSafe) return value
  const bytes = new TextEncoder().encode(value)
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return `${prefix}${btoa(binary)}${suffix}`
}

/** What a header value means; undefined when it says that it is encoded and is not. */
export function decodeHeaderValue(header: string): string | undefined {
  if (!(header.startsWith(prefix) && header.endsWith(suffix))) return header
  const encoded = header.slice(prefix.length, -suffix.length)
  if (!canonicalBase64.test(encoded)) return undefined
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined // bytes that are no UTF-8
  }
}
