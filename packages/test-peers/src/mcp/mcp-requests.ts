import type { Fetch } from '../fetch.ts'
import { type JsonRpcMessage, messagesOf } from './json-rpc.ts'

/** `2026-07-28` is stateless; the others begin with `initialize` and may have a session. */
export type ProtocolVersion = '2026-07-28' | '2025-11-25' | '2025-06-18' | '2025-03-26'

/** What a request may say beside its method and parameters. */
export interface McpRequestOptions {
  readonly accessToken?: string
  readonly protocolVersion?: ProtocolVersion
  readonly sessionId?: string
  /** Default a fresh number; `null` makes it a notification. */
  readonly id?: string | number | null
  /** Set last; `undefined` removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

/** A complete answer. */
export interface McpAnswer {
  readonly status: number
  readonly headers: Headers
  /** All messages, notifications included, in order. */
  readonly messages: readonly JsonRpcMessage[]
  readonly result: Readonly<Record<string, unknown>> | undefined
  readonly error: JsonRpcMessage['error'] | undefined
}

type Parameters = Readonly<Record<string, unknown>>

const clientInfo = { name: 'scripted-client', version: '1.0.0' }
const namedBy: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
}

/** Revision 2026-07-28: every request says who asks and by which revision, and its headers mirror its body. */
function modernMeta({ _meta: meta, ...parameters }: Parameters, protocolVersion: string): Parameters {
  return {
    ...parameters,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': protocolVersion,
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': clientInfo,
      ...(typeof meta === 'object' ? meta : {}),
    },
  }
}

/** MCP requests over Streamable HTTP in both eras, one at a time. */
export function createMcpRequests(fetch: Fetch) {
  let lastId = 0

  function build(url: string, method: string, parameters: Parameters, options: McpRequestOptions): Request {
    const {
      accessToken,
      protocolVersion = '2026-07-28',
      sessionId,
      headers: overrides = {},
      signal,
    } = options
    const modern = protocolVersion === '2026-07-28'
    const headers = new Headers({
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    })
    if (accessToken !== undefined) headers.set('authorization', `Bearer ${accessToken}`)
    if (method !== 'initialize') headers.set('mcp-protocol-version', protocolVersion)
    if (sessionId !== undefined) headers.set('mcp-session-id', sessionId)
    if (modern) {
      headers.set('mcp-method', method)
      const name = parameters[namedBy[method] ?? '']
      if (typeof name === 'string') headers.set('mcp-name', name)
    }
    for (const [name, value] of Object.entries(overrides)) {
      if (value === undefined) headers.delete(name)
      else headers.set(name, value)
    }
    const id = options.id === undefined ? (lastId += 1) : options.id
    const body = JSON.stringify({
      jsonrpc: '2.0',
      ...(id === null ? {} : { id }),
      method,
      params: modern ? modernMeta(parameters, protocolVersion) : parameters,
    })
    return new Request(url, { method: 'POST', headers, body, ...(signal === undefined ? {} : { signal }) })
  }

  const requests = {
    /** Sends one message; the answer comes back unread, so that a stream can be followed or cancelled. */
    async send(
      url: string,
      method: string,
      parameters: Parameters = {},
      options: McpRequestOptions = {},
    ): Promise<Response> {
      return fetch(build(url, method, parameters, options))
    },

    /** Sends one message and reads the whole answer. Refusals are answers, not exceptions. */
    async call(
      url: string,
      method: string,
      parameters: Parameters = {},
      options: McpRequestOptions = {},
    ): Promise<McpAnswer> {
      const response = await requests.send(url, method, parameters, options)
      const messages: JsonRpcMessage[] = []
      for await (const message of messagesOf(response)) messages.push(message)
      const answer = messages.find((message) => message.result !== undefined || message.error !== undefined)
      return {
        status: response.status,
        headers: response.headers,
        messages,
        result: answer?.result,
        error: answer?.error,
      }
    },

    /** The handshake of the session era; the answer's `sessionId` goes with every later request, if there is one. */
    async initialize(
      url: string,
      options: McpRequestOptions & { readonly protocolVersion: Exclude<ProtocolVersion, '2026-07-28'> },
    ): Promise<McpAnswer & { readonly sessionId: string | undefined }> {
      const parameters = { protocolVersion: options.protocolVersion, capabilities: {}, clientInfo }
      const answer = await requests.call(url, 'initialize', parameters, options)
      const sessionId = answer.headers.get('mcp-session-id') ?? undefined
      if (answer.result !== undefined) {
        const session = sessionId === undefined ? {} : { sessionId }
        await requests.call(url, 'notifications/initialized', {}, { ...options, ...session, id: null })
      }
      return { ...answer, sessionId }
    },
  }
  return requests
}

/** The MCP requests of a client. */
export type McpRequests = ReturnType<typeof createMcpRequests>
