import type { JsonObject } from '../../src/index.ts'

const modernVersion = '2026-07-28'

/** A modern request as a good client sends it: body and the headers that mirror it. */
export function modern(
  method: string,
  params: JsonObject = {},
  capabilities: JsonObject = {},
  extraMeta: JsonObject = {},
) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': modernVersion,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    ...extraMeta,
  }
  const name = params['name'] ?? params['uri'] ?? params['taskId']
  return {
    body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } } as JsonObject,
    headers: {
      'mcp-protocol-version': modernVersion,
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    } as Record<string, string>,
  }
}

/** A request of the session eras. */
export const legacy = (method: string, params: JsonObject = {}, id: string | number = 1): JsonObject => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})

export const initialize = (capabilities: JsonObject = {}): JsonObject =>
  legacy('initialize', {
    protocolVersion: '2025-11-25',
    capabilities,
    clientInfo: { name: 'test', version: '1.0.0' },
  })

/** Posts a message as clients do; `headers` override, and an undefined one leaves a header out. */
export function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string | undefined>> = {},
  init: RequestInit = {},
): Promise<Response> {
  const all = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  }
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return fetch(url, {
    method: 'POST',
    headers: sent,
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    redirect: 'manual',
    ...init,
  })
}
