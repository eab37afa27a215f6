import type { IncomingMessage, ServerResponse } from 'node:http'

import { getRequestListener } from '@hono/node-server'
import { type ApiAnswer, type ApiHandler, identifyBodyOf } from '@portico/core'
import type { NodeMcpProxy } from '@portico/mcp/node'
import { isRefusal } from '@portico/resource-server'
import type { RequestFacts } from '@portico/resource-server'

import type { HostedGateway } from '../hosting/hosted-gateway.ts'
import type { McpEndpoint } from '../mcp-endpoint.ts'
import type { Activity } from '../observe/observer.ts'
import type { ClientOf } from './client-of.ts'
import { NodeApiRequest } from './node-api-request.ts'
import type { NodeUpstreams } from './node-upstreams.ts'
import { writeAnswer } from './write-answer.ts'

const requestIdHeader = 'x-request-id'

/** Answers one request by its id; settles when the answer has been handed over, and never rejects. */
export type HandleRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => Promise<void> | void

/** Sends MCP routes and what programs call through Node's own objects, and everything else through `gateway.fetch`. */
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
  return (request, response, requestId) => {
    const path = pathOf(request)
    const origin = gateway.originFor(request.headers.host)
    const endpoint = origin?.endpoint(path)
    const watched = (handle: () => Promise<void> | void): Promise<void> | void => {
      const activity = beginRequest(gateway, request, response, path, requestId)
      return activity ? activity.run(handle) : handle()
    }
    const api = endpoint ? undefined : origin?.api(path)
    if (api) {
      const asked = new NodeApiRequest(request, path, requestId, addressOf)
      return watched(() => handleApi(api, asked, request, response))
    }
    const proxyOptions = endpoint?.proxyOptions
    if (!proxyOptions) {
      response.setHeader(requestIdHeader, requestId)
      return listener(request, response)
    }
    return watched(async () => {
      try {
        const proxy = upstreams.loaded(endpoint) ?? (await upstreams.load(endpoint, proxyOptions))
        await handleMcp(endpoint, proxy, request, response, addressOf, requestId)
      } catch (error) {
        proxyOptions.onError?.(error, requestId)
        response.destroy()
      }
    })
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

function handleApi(
  api: ApiHandler,
  asked: NodeApiRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> | void {
  const write = (answer: ApiAnswer): void => {
    try {
      writeAnswer(request, response, answer, asked.requestId)
    } catch {
      // What cannot be written is not sent in part.
      response.destroy()
    }
  }
  const answer = api(asked)
  return answer instanceof Promise ? answer.then(write) : write(answer)
}

/** Where somebody watches: the operation of a request that is answered here, which is over when its answer is. */
function beginRequest(
  { observe }: HostedGateway,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  requestId: string,
): Activity | undefined {
  if (!observe) return undefined
  const { header } = factsOf(request)
  const { method = '', headers } = request
  const activity = observe({ method, path, host: headers.host, header, requestId })
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
  const decision = guard.authenticate(facts)
  const outcome = decision instanceof Promise ? await decision : decision
  if (isRefusal(outcome)) {
    refused(facts, outcome.status, addressOf(request))
    return writeAnswer(request, response, identifyBodyOf(outcome, requestId), requestId)
  }
  if (response.destroyed) return
  const lack = authorize(outcome, requestId)
  if (lack) return writeAnswer(request, response, identifyBodyOf(lack, requestId), requestId)
  const headers = { ...guard.responseHeaders(facts), [requestIdHeader]: requestId }
  await proxy.handle(request, response, outcome, requestId, headers)
}

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

function factsOf({ method = '', url = '', headers }: IncomingMessage): RequestFacts {
  return {
    method,
    url,
    header: (name) => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
  }
}
