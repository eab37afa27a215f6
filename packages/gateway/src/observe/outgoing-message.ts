import type { UpstreamOperation } from './observer.ts'

type Message = ReturnType<UpstreamOperation['message']>

const maximumLength = 128

/**
 * Which MCP message is sent: by the headers that the newer protocol repeats method and name in, or by a body that is at hand.
 * A batch, an answer and what is on its way as a stream are not known.
 */
export function outgoingMessage(header: (name: string) => string | undefined, body: unknown): Message {
  const method = header('mcp-method')
  if (method !== undefined) return message(method, header('mcp-name'))
  if (typeof body !== 'string') return undefined
  const { method: sent, params } = parsed(body)
  return typeof sent === 'string' ? message(sent, member(params, 'name')) : undefined
}

function message(method: string, name: unknown): Message {
  // Names of other than ASCII characters are encoded in a header.
  const isPlain = typeof name === 'string' && !name.startsWith('=?')
  return {
    method: method.slice(0, maximumLength),
    name: isPlain ? name.slice(0, maximumLength) : undefined,
  }
}

function parsed(body: string): { readonly method?: unknown; readonly params?: unknown } {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
