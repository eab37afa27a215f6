import type { IncomingMessage, ServerResponse } from 'node:http'

import { getRequestListener } from '@hono/node-server'
import { type DocumentAnswer, identifyError } from '@portico/core'
import type { NodeMcpProxy } from '@portico/mcp/node'
import { isRefusal } from '@portico/resource-server'
import type { Refusal, RequestFacts } from '@portico/resource-server'

import type { HostedGateway } from '../hosting/hosted-gateway.ts'
import type { McpEndpoint } from '../mcp-endpoint.ts'
import type { Activity } from '../observe/observer.ts'
import type { ClientOf } from './client-of.ts'
import type { NodeUpstreams } from './node-upstreams.ts'

const requestIdHeader = 'x-request-id'

/** Answers one request by its id; settles when the answer has been handed over, and never rejects. */
export type HandleRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => Promise<void>

/** Sends MCP routes and metadata through Node's own objects, and everything else through `gateway.fetch`. */
export function requestHandler(
  gateway: HostedGateway,
  upstreams: NodeUpstreams,
  addressOf: ClientOf,
): HandleRequest {
  const listener = getRequestListener(
    (request, { incoming, outgoing }) =>
      gateway.fetch(request, {
        clientAddress: addressOf(incoming as IncomingMessage),
        requestId: String(outgoing.getHeader(requestIdHeader)),
      }),
    // As in @hono/node-server itself: `Request` and `Response` of this process build only what is looked at.
    { overrideGlobalObjects: true },
  )
  return async (request, response, requestId) => {
    const path = /^[^?]*/.exec(request.url ?? '')?.[0] ?? ''
    const { host } = request.headers
    const endpoint = gateway.originFor(host)?.endpoint(path)
    const proxyOptions = endpoint?.proxyOptions
    if (!proxyOptions) {
      const document =
        request.method === 'GET'
          ? gateway.document({
              ...factsOf(request, requestId),
              path,
              host,
              clientAddress: addressOf(request),
            })
          : undefined
      if (!document) {
        response.setHeader(requestIdHeader, requestId)
        return listener(request, response)
      }
      beginRequest(gateway, request, response, path, requestId)
      return write(request, response, withRequestId(document, requestId))
    }
    const handle = async () => {
      const proxy = upstreams.loaded(endpoint) ?? (await upstreams.load(endpoint, proxyOptions))
      await handleMcp(endpoint, proxy, request, response, addressOf, requestId)
    }
    const activity = beginRequest(gateway, request, response, path, requestId)
    try {
      await (activity ? activity.run(handle) : handle())
    } catch (error) {
      proxyOptions.onError?.(error, requestId)
      response.destroy()
    }
  }
}

/** Where somebody watches: the operation of a request that is answered here, which is over when its answer is. */
function beginRequest(
  { observe }: HostedGateway,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  requestId: string,
): Activity | undefined {
  const { header } = factsOf(request)
  const { method = '', headers } = request
  const activity = observe?.({ method, path, host: headers.host, header, requestId })
  if (!activity) return undefined
  response.once('close', () =>
    activity.end({ status: response.headersSent ? response.statusCode : undefined }),
  )
  return activity
}

async function handleMcp(
  endpoint: McpEndpoint,
  proxy: NodeMcpProxy,
  request: IncomingMessage,
  response: ServerResponse,
  addressOf: ClientOf,
  requestId: string,
): Promise<void> {
  const { guard, authorize, refused } = endpoint
  const facts = new McpRequestFacts(request, requestId, addressOf)
  const outcome = await guard.authenticate(facts)
  if (isRefusal(outcome)) {
    refused(facts, outcome.status, addressOf(request))
    return write(request, response, withRequestId(identifiedRefusal(outcome, requestId), requestId))
  }
  if (response.destroyed) return
  const lack = authorize(outcome, requestId)
  if (lack) return write(request, response, withRequestId(identifiedRefusal(lack, requestId), requestId))
  const headers = { ...guard.responseHeaders(facts), [requestIdHeader]: requestId }
  await proxy.handle(request, response, outcome, requestId, headers)
}

const identifiedRefusal = (refusal: Refusal, requestId: string): Refusal => ({
  ...refusal,
  body: identifyError(refusal.body, requestId),
})

/**
 * What the guard reads. A class, because an accessor in an object literal makes a hidden class for each object, which keeps
 * the request alive until a full collection.
 */
class McpRequestFacts implements RequestFacts {
  readonly method: string
  readonly url: string
  readonly requestId: string | undefined
  readonly header: RequestFacts['header']
  readonly #request: IncomingMessage
  readonly #addressOf: ClientOf

  constructor(request: IncomingMessage, requestId: string, addressOf: ClientOf) {
    const { method, url, header } = factsOf(request)
    this.method = method
    this.url = url
    this.header = header
    this.requestId = requestId
    this.#request = request
    this.#addressOf = addressOf
  }

  /** Looked up for the tokens alone that nobody knows. */
  get clientAddress(): string | undefined {
    return this.#addressOf(this.#request)
  }
}

function factsOf({ method = '', url = '', headers }: IncomingMessage, requestId?: string): RequestFacts {
  return {
    method,
    url,
    requestId,
    header: (name) => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
  }
}

/** In one go with the other headers, which costs less than one beforehand. */
const withRequestId = <Answer extends Refusal | DocumentAnswer>(
  answer: Answer,
  requestId: string,
): Answer => ({
  ...answer,
  headers: { ...answer.headers, [requestIdHeader]: requestId },
})

function write(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Refusal | DocumentAnswer,
): void {
  // A body that nobody asked for is read and forgotten, so that the connection can be used again.
  request.resume()
  const length = status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length }).end(body)
}
