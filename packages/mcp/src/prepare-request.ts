import { addressRequest } from './address-request.ts'
import {
  type Answer,
  badRequest,
  errorAnswer,
  identified,
  identifiedChallenge,
  jsonAnswer,
  methodNotAllowed,
} from './answer.ts'
import { type AtOnce, whenKnown } from './at-once.ts'
import type { Caller } from './caller.ts'
import { checkLegacyVersion, claimsModern, classifyEra } from './classify-era.ts'
import type { ClientRequest } from './client-request.ts'
import { withoutConnectResponse } from './connect-required.ts'
import type { ExchangeOptions } from './exchange-options.ts'
import {
  errorCodes,
  isRequest,
  isResponse,
  type JsonRpcError,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type RequestId,
} from './json-rpc.ts'
import { judgeMessage } from './judge-message.ts'
import type { Era } from './protocol-version.ts'
import { readMessage } from './read-message.ts'
import type { Outgoing, Translation } from './request-context.ts'
import type { RequestStates } from './request-states.ts'
import { checkModern, modernHeaders } from './standard-headers.ts'
import { type OpenedTasks, openTasks } from './task-messages.ts'
import { paramHeaders } from './upstream-headers.ts'

/** What to send, or the answer that ends the request. */
export type Prepared = Answer | Outgoing | Translation

/** Everything that is decided before the upstream hears of a request, at once where nobody has to be asked. */
export function prepareRequest(
  options: ExchangeOptions,
  request: ClientRequest,
  caller: Caller,
): AtOnce<Prepared> {
  switch (request.method) {
    case 'POST':
      return preparePost(options, request, caller)
    case 'GET':
    case 'DELETE':
      return prepareSessionRequest(options, request, caller, request.method)
    default:
      return methodNotAllowed('GET, POST, DELETE')
  }
}

function preparePost(options: ExchangeOptions, request: ClientRequest, caller: Caller): AtOnce<Prepared> {
  const { header } = request
  if (!/^application\/json\s*(?:;|$)/i.test(header('content-type') ?? '')) {
    return errorAnswer(415, undefined, { code: errorCodes.invalidRequest, message: 'send application/json' })
  }
  if (request.body === undefined) return badRequest(undefined, errorCodes.parseError, 'the body is no UTF-8')
  const read = readMessage(request.body)
  if (read.kind === 'unparsable') return badRequest(undefined, errorCodes.parseError, read.reason)
  if (read.kind === 'invalid') return badRequest(read.id, errorCodes.invalidRequest, read.reason)
  return read.kind === 'batch'
    ? prepareBatch(options, request, caller, read.messages)
    : prepareMessage(options, request, caller, read.message, request.body)
}

function prepareMessage(
  options: ExchangeOptions,
  request: ClientRequest,
  caller: Caller,
  message: JsonRpcMessage,
  body: string,
): AtOnce<Prepared> {
  const { header } = request
  const era = classifyEra(message, header('mcp-protocol-version'))
  if (typeof era !== 'string') return era
  const refused =
    era === 'legacy' || isResponse(message)
      ? checkLegacyVersion(header('mcp-protocol-version'))
      : checkModern(message, header)
  if (refused !== undefined) return refused
  const read = { era, message, body }
  if (isResponse(message)) return prepareJudged(options, request, caller, read, message)

  const own = withoutConnectResponse(message.params)
  const asked = own === undefined ? message : { ...message, params: own }
  return whenKnown(judgeMessage(options, asked, caller, request.requestId), (verdict) => {
    if (verdict.kind === 'challenge') return identifiedChallenge(verdict.answer, request.requestId)
    if (verdict.kind === 'deny') {
      return isRequest(message)
        ? jsonAnswer(200, refusal(message, verdict.error))
        : badRequest(undefined, verdict.error.code, verdict.error.message)
    }
    const allowed = verdict.kind === 'replace' ? { ...asked, params: verdict.params } : asked
    return prepareJudged(options, request, caller, read, allowed)
  })
}

/** A message as its client sent it. */
interface Read {
  readonly era: Era
  readonly message: JsonRpcMessage
  readonly body: string
}

/** @param allowed what the policy has made of the message */
function prepareJudged(
  options: ExchangeOptions,
  request: ClientRequest,
  caller: Caller,
  { era, message, body }: Read,
  allowed: JsonRpcMessage,
): AtOnce<Prepared> {
  let sent = allowed
  if (options.requestStates !== undefined && era === 'modern' && isRequest(sent)) {
    const unwrapped = unwrapState(options.requestStates, sent, caller)
    if (unwrapped === undefined) {
      return badRequest(
        sent.id,
        errorCodes.invalidParams,
        'requestState is not of this request, or too old: call again',
      )
    }
    sent = unwrapped
  }
  const own = ownTasks(options, sent, caller)
  if ('refused' in own) {
    const isUnknownMethod = era === 'modern' && own.refused.code === errorCodes.methodNotFound
    return errorAnswer(isUnknownMethod ? 404 : 200, isRequest(sent) ? sent.id : undefined, own.refused)
  }
  sent = own.message
  const single = isRequest(sent) ? sent : undefined
  return addressRequest(options, request, caller, {
    era,
    message: sent,
    request: single,
    methods: methodsOf(single),
    refused: [],
    method: 'POST',
    body: sent === message ? body : JSON.stringify(sent),
    headers:
      era === 'modern' && !isResponse(sent)
        ? { ...modernHeaders(sent), ...paramHeaders(request.headers()) }
        : {},
  })
}

function methodsOf(request: JsonRpcRequest | undefined): ReadonlyMap<RequestId, string> {
  const methods = new Map<RequestId, string>()
  if (request !== undefined) methods.set(request.id, request.method)
  return methods
}

/** PROXY-17: the message with the upstream's own task ids, as far as the tasks are the caller's. */
const ownTasks = ({ tasks }: ExchangeOptions, message: JsonRpcMessage, caller: Caller): OpenedTasks =>
  tasks === undefined ? { message } : openTasks(message, (handle) => tasks.open(handle, caller))

/** The request with the upstream's own state; undefined when the state is not of this request. */
function unwrapState(
  states: RequestStates,
  request: JsonRpcRequest,
  caller: Caller,
): JsonRpcRequest | undefined {
  const wrapped = request.params?.['requestState']
  if (wrapped === undefined) return request
  const requestState = typeof wrapped === 'string' ? states.unwrap(wrapped, request, caller) : undefined
  return requestState === undefined ? undefined : { ...request, params: { ...request.params, requestState } }
}

/** In the policy's own words: what it hides must not differ, not even by an id, from what the upstream does not have. */
const refusal = (request: JsonRpcRequest, error: JsonRpcError) => ({ jsonrpc: '2.0', id: request.id, error })

/** Judged item by item; what is refused is answered here, the rest goes on. */
async function prepareBatch(
  options: ExchangeOptions,
  request: ClientRequest,
  caller: Caller,
  messages: readonly JsonRpcMessage[],
): Promise<Prepared> {
  const version = checkLegacyVersion(request.header('mcp-protocol-version'))
  if (version !== undefined) return version
  if (messages.some((message) => claimsModern(message))) {
    return badRequest(undefined, errorCodes.invalidRequest, 'this revision has no batches')
  }
  const sent: JsonRpcMessage[] = []
  const refused: object[] = []
  const methods = new Map<RequestId, string>()
  const refuse = (message: JsonRpcMessage, error: JsonRpcError): void => {
    if (isRequest(message)) refused.push(refusal(message, error))
  }
  for (const message of messages) {
    const verdict = isResponse(message)
      ? undefined
      : await judgeMessage(options, message, caller, request.requestId)
    if (verdict?.kind === 'challenge') return identifiedChallenge(verdict.answer, request.requestId)
    if (verdict?.kind === 'deny') {
      refuse(message, verdict.error)
      continue
    }
    const allowed = verdict?.kind === 'replace' ? { ...message, params: verdict.params } : message
    const own = ownTasks(options, allowed, caller)
    if ('refused' in own) {
      refuse(message, identified(own.refused, request.requestId))
      continue
    }
    sent.push(own.message)
    if (isRequest(message)) methods.set(message.id, message.method)
  }
  if (methods.size === 0 && refused.length > 0) return jsonAnswer(200, refused)
  if (sent.length === 0) return { status: 202, headers: {}, body: '' }
  return addressRequest(options, request, caller, {
    era: 'legacy',
    message: undefined,
    request: undefined,
    methods,
    refused,
    method: 'POST',
    body: JSON.stringify(sent),
    headers: {},
  })
}

/** GET streams and DELETE exist in the session eras only. */
function prepareSessionRequest(
  options: ExchangeOptions,
  request: ClientRequest,
  caller: Caller,
  method: 'GET' | 'DELETE',
): AtOnce<Prepared> {
  const version = checkLegacyVersion(request.header('mcp-protocol-version'))
  if (version !== undefined) return version
  const lastEventId = method === 'GET' ? request.header('last-event-id') : undefined
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  return addressRequest(options, request, caller, {
    era: 'legacy',
    message: undefined,
    request: undefined,
    methods: new Map(),
    refused: [],
    method,
    body: undefined,
    headers,
  })
}
