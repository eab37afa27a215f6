/** The request headers the proxy reads, by lower-case name. */
export type ReadHeader = (name: string) => string | undefined

const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/
const visible = /^[\x20-\x7e\t]*$/

/**
 * PROXY-02: headers for the upstream are built from nothing. Of what the client sent, only its trace context gets through
 * (PROXY-21; `baggage` may carry anything and does not); the id of the request is the host's own.
 */
export function upstreamHeaders(header: ReadHeader, requestId?: string): Record<string, string> {
  const headers: Record<string, string> = {
    // What is streamed through must not be compressed on the way (PROXY-11).
    'accept-encoding': 'identity',
    'user-agent': 'portico',
  }
  if (requestId !== undefined) headers['x-request-id'] = requestId
  const parent = header('traceparent')
  if (parent !== undefined && traceparent.test(parent)) {
    headers['traceparent'] = parent
    const state = header('tracestate')
    if (state !== undefined && state.length <= 512 && visible.test(state)) headers['tracestate'] = state
  }
  return headers
}

/** PROXY-04: `Mcp-Param-*` headers are the upstream's business; forwarded as they came. */
export function paramHeaders(headers: Iterable<readonly [string, string]>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (key.startsWith('mcp-param-')) found[key] = value
  }
  return found
}
