import { type AuthorizeUpstream, createMcpProxy, type JsonObject } from '@portico/mcp'
import { z } from 'zod'

import type { UpstreamOptions } from './gateway-route.ts'
import { noSessions } from './no-sessions.ts'

/** The upstream did not answer with a list of tools. */
export class ToolsUnavailableError extends Error {
  override readonly name = 'ToolsUnavailableError'
}

const answerSchema = z.object({
  result: z
    .object({ tools: z.array(z.record(z.string(), z.unknown())), nextCursor: z.string().optional() })
    .optional()
    .catch(undefined),
  error: z.object({ message: z.string() }).optional().catch(undefined),
})

const maxPages = 100
const version = '2026-07-28'

/**
 * Every tool of an upstream, of whichever era, as it is listed with its static headers.
 *
 * @throws {ToolsUnavailableError} with what the upstream said
 */
export async function listUpstreamTools(
  { url, era, headers = {} }: UpstreamOptions,
  upstreamFetch?: (url: string, init: RequestInit) => Promise<Response>,
): Promise<readonly JsonObject[]> {
  const authorize: AuthorizeUpstream = () => Promise.resolve({ headers })
  const proxy = createMcpProxy({
    upstream: { url, name: new URL(url).host, era, authorize },
    sessions: noSessions,
    fetch: upstreamFetch,
  })
  const tools: JsonObject[] = []
  let cursor: unknown
  for (let page = 0; page < maxPages; page++) {
    const request = listRequest(url, cursor)
    const response = await proxy.fetch(request, { subject: 'operator', clientId: 'portico', scopes: [] })
    const { result, error } = answerSchema.parse(await response.json())
    if (result === undefined) throw new ToolsUnavailableError(error?.message ?? 'it has no list of tools')
    tools.push(...result.tools)
    cursor = result.nextCursor
    if (typeof cursor !== 'string') return tools
  }
  throw new ToolsUnavailableError(`the list has more than ${maxPages} pages`)
}

function listRequest(url: string, cursor: unknown): Request {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': { name: 'portico', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const params = { ...(typeof cursor === 'string' && { cursor }), _meta: meta }
  return new Request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'mcp-protocol-version': version,
      'mcp-method': 'tools/list',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params }),
  })
}
