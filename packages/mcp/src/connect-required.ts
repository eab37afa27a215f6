import { type Answer, errorAnswer, jsonAnswer } from './answer.ts'
import { errorCodes, isJsonObject, type JsonObject, type JsonRpcRequest, metaOf } from './json-rpc.ts'
import { type Era, metaKeys } from './protocol-version.ts'
import type { ConnectRequired } from './upstream.ts'

/** Methods that may be answered by asking for input (patterns/mrtr, Supported Requests). */
export const mayAskForInput: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read'])

/** The key of our own input request; its response is not for the upstream. */
const inputKey = 'portico/connect'

/**
 * UP-10: how a client learns that an account has to be connected, in the form it understands. Never an empty list, never
 * 401 or 403: the client's own token is fine.
 */
export function connectRequiredAnswer(
  connect: ConnectRequired,
  request: JsonRpcRequest | undefined,
  era: Era,
  opensUrls: boolean,
): Answer {
  const { connectUrl: url, message, elicitationId } = connect
  const text = `${message} Open ${url}`
  if (request === undefined) {
    return errorAnswer(502, undefined, {
      code: errorCodes.connectRequired,
      message: text,
      data: { connectUrl: url },
    })
  }
  const { id, method } = request
  const answer = (result: JsonObject) => jsonAnswer(200, { jsonrpc: '2.0', id, result })
  if (era === 'modern' && opensUrls && mayAskForInput.has(method)) {
    const inputRequests = {
      [inputKey]: { method: 'elicitation/create', params: { mode: 'url', message, url } },
    }
    return answer({ resultType: 'input_required', inputRequests })
  }
  if (era === 'legacy' && opensUrls) {
    const elicitations = [{ mode: 'url', elicitationId, url, message }]
    return errorAnswer(200, id, {
      code: errorCodes.urlElicitationRequired,
      message: text,
      data: { elicitations },
    })
  }
  if (method === 'tools/call') {
    const complete = era === 'modern' ? { resultType: 'complete' } : {}
    return answer({ ...complete, content: [{ type: 'text', text }], isError: true })
  }
  return errorAnswer(200, id, { code: errorCodes.connectRequired, message: text, data: { connectUrl: url } })
}

/** UP-13: `elicitation: {}` means forms only. */
export function declaresUrlElicitation(capabilities: unknown): boolean {
  const elicitation = isJsonObject(capabilities) ? capabilities['elicitation'] : undefined
  return isJsonObject(elicitation) && isJsonObject(elicitation['url'])
}

/** The capabilities a client declares: per request in the modern era, at `initialize` in the others. */
export const capabilitiesOf = (request: JsonRpcRequest): unknown =>
  metaOf(request)?.[metaKeys.clientCapabilities] ?? request.params?.['capabilities']

/** The params of a retry without the answer to our own input request; undefined when there is none. */
export function withoutConnectResponse(params: JsonObject | undefined): JsonObject | undefined {
  const responses = params?.['inputResponses']
  if (!isJsonObject(responses) || !Object.hasOwn(responses, inputKey)) return undefined
  const { [inputKey]: _ours, ...others } = responses
  const { inputResponses: _all, ...rest } = params ?? {}
  return Object.keys(others).length === 0 ? rest : { ...rest, inputResponses: others }
}
