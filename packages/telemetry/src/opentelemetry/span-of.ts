import { type Attributes, SpanKind } from '@opentelemetry/api'
import type { FetchOperation, Operation, RequestOperation, UpstreamOperation } from '@portico/gateway'

import { knownHttpMethod, knownMcpMethod } from '../known-methods.ts'

/** How an operation looks as a span, before its end is known. */
export interface SpanStart {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
}

/**
 * The span of an operation, by OpenTelemetry's conventions for HTTP, databases and MCP, with one difference: of addresses
 * only what the operator configured is said, so `url.path` and `url.query` are never there.
 */
export function spanOf(operation: Operation, storageSystem: string): SpanStart {
  switch (operation.kind) {
    case 'request':
      return requestSpan(operation)
    case 'storage': {
      const { verb, record } = operation
      return {
        name: record === undefined ? verb : `${verb} ${record}`,
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': storageSystem,
          'db.operation.name': verb,
          ...(record !== undefined && { 'db.collection.name': record }),
        },
      }
    }
    case 'fetch':
      return fetchSpan(operation)
    case 'upstream':
      return upstreamSpan(operation)
  }
}

function requestSpan({ method, route, origin, requestId }: RequestOperation): SpanStart {
  const known = knownHttpMethod(method)
  const verb = known === '_OTHER' ? 'HTTP' : known
  return {
    name: route === undefined ? verb : `${verb} ${route}`,
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': known,
      ...(requestId !== undefined && { 'portico.request_id': requestId }),
      ...(route !== undefined && { 'http.route': route }),
      ...(origin !== undefined && {
        'url.scheme': new URL(origin).protocol.slice(0, -1),
        ...addressOf(origin),
      }),
    },
  }
}

function fetchSpan({ to, provider, method, url }: FetchOperation): SpanStart {
  const template = to === 'provider' && url !== undefined ? new URL(url).pathname : undefined
  return {
    name: template === undefined ? method : `${method} ${template}`,
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': method,
      'portico.peer': to,
      ...(provider !== undefined && { 'portico.provider': provider }),
      ...(template !== undefined && { 'url.template': template }),
      ...(url !== undefined && addressOf(url)),
    },
  }
}

/** Callers choose tool names, so they are not part of the span's name. */
function upstreamSpan({ route, method, origin, message }: UpstreamOperation): SpanStart {
  const sent = message()
  const mcpMethod = sent && knownMcpMethod(sent.method)
  return {
    name: mcpMethod === undefined || mcpMethod === '_OTHER' ? method : mcpMethod,
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': method,
      'portico.peer': 'upstream',
      'portico.route': route,
      ...addressOf(origin),
      ...(mcpMethod !== undefined && { 'mcp.method.name': mcpMethod }),
      ...(mcpMethod === 'tools/call' && sent?.name !== undefined && { 'gen_ai.tool.name': sent.name }),
      ...(mcpMethod === 'prompts/get' && sent?.name !== undefined && { 'gen_ai.prompt.name': sent.name }),
    },
  }
}

function addressOf(url: string): Attributes {
  const { hostname, port, protocol } = new URL(url)
  const ownPort = protocol === 'https:' ? 443 : 80
  return { 'server.address': hostname, 'server.port': port === '' ? ownPort : Number(port) }
}
