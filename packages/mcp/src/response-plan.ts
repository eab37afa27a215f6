import type { BodyFilter } from './body-filter.ts'
import type { CapabilityPolicy } from './capability-policy.ts'
import { mayAskForInput } from './connect-required.ts'
import { toEvent } from './event-stream.ts'
import type { ExchangeOptions } from './exchange-options.ts'
import { isJsonObject, type RequestId } from './json-rpc.ts'
import { filterEvents, filterShortJson, readMessages, type Rewrite, toJson } from './message-filters.ts'
import type { Outgoing } from './request-context.ts'
import type { RequestStates } from './request-states.ts'

/** How a good response gets to the client. */
export type ResponsePlan =
  /** As it comes, through a filter where there is one. */
  | { readonly kind: 'stream'; readonly isEventStream: boolean; readonly filter: BodyFilter | undefined }
  /** Read completely, because its form changes or the policy wants to see it. */
  | { readonly kind: 'collect'; readonly isEventStream: boolean; readonly rewrite: (body: string) => string }

/** Decides by what the client takes, what somebody wants to see, and what has been refused already. */
export function planResponse(
  { policy, requestStates }: Pick<ExchangeOptions, 'policy' | 'requestStates'>,
  outgoing: Outgoing,
  isEventStream: boolean,
): ResponsePlan {
  const { context, method } = outgoing
  const { accepts, methods, refused, request } = context
  const asEventStream = method === 'GET' || (isEventStream ? accepts.eventStream : !accepts.json)
  const filter = policy === undefined ? undefined : policyRewrite(policy, context, method)
  const wrap = requestStates === undefined ? undefined : stateRewrite(requestStates, context)
  const rewrite: Rewrite = (message) => {
    const filtered = filter === undefined ? message : filter(message)
    return wrap === undefined ? filtered : wrap(filtered)
  }
  if (isEventStream === asEventStream && filter === undefined && refused.length === 0) {
    if (wrap === undefined) return { kind: 'stream', isEventStream, filter: undefined }
    if (!isEventStream) return { kind: 'stream', isEventStream, filter: filterShortJson(wrap) }
  }
  if (isEventStream && asEventStream) {
    return { kind: 'stream', isEventStream, filter: filterEvents(rewrite, refused) }
  }
  return {
    kind: 'collect',
    isEventStream: asEventStream,
    rewrite: (body) => {
      const isWhole = !isEventStream && !asEventStream && refused.length === 0
      const text = isWhole && request && policy?.filterText?.(body, request.method, context.caller)
      if (typeof text === 'string') return text
      const messages = [...refused, ...readMessages(body, isEventStream, rewrite)]
      if (asEventStream) return messages.map(toEvent).join('')
      return toJson(messages, new Set(methods.keys()), request === undefined)
    },
  }
}

/** What the policy and the request states make of an answer, for whoever has it as a message already. */
export function responseRewrite(
  { policy, requestStates }: Pick<ExchangeOptions, 'policy' | 'requestStates'>,
  context: Outgoing['context'],
  method: Outgoing['method'],
): Rewrite {
  const filter = policy === undefined ? undefined : policyRewrite(policy, context, method)
  const wrap = requestStates === undefined ? undefined : stateRewrite(requestStates, context)
  return (message) => {
    const filtered = filter === undefined ? message : filter(message)
    return wrap === undefined ? filtered : wrap(filtered)
  }
}

/** PROXY-15: a state leaves in a wrapper that only this user and this request can bring back. */
function stateRewrite(
  states: RequestStates,
  { era, request, caller }: Outgoing['context'],
): Rewrite | undefined {
  if (era === 'legacy' || request === undefined || !mayAskForInput.has(request.method)) return undefined
  return (message) => {
    const { result } = message
    if (!isJsonObject(result) || result['resultType'] !== 'input_required') return message
    const { requestState } = result
    if (typeof requestState !== 'string') return message
    return { ...message, result: { ...result, requestState: states.wrap(requestState, request, caller) } }
  }
}

function policyRewrite(
  policy: CapabilityPolicy,
  { methods, caller }: Outgoing['context'],
  method: Outgoing['method'],
): Rewrite | undefined {
  const isFiltered = (name: string) => policy.filteredMethods.has(name)
  // A resumed stream can carry the answer to any earlier request.
  const isWanted = method === 'GET' ? policy.filteredMethods.size > 0 : [...methods.values()].some(isFiltered)
  if (!isWanted) return undefined
  return (message) => {
    const { result, id } = message
    const name = methods.get(id as RequestId)
    if (!isJsonObject(result) || (name !== undefined && !isFiltered(name))) return message
    const filtered = policy.filter(result, name, caller)
    return filtered === result ? message : { ...message, result: filtered }
  }
}
