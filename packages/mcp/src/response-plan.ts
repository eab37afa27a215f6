import type { BodyFilter } from './body-filter.ts'
import type { CapabilityPolicy } from './capability-policy.ts'
import { mayAskForInput } from './connect-required.ts'
import { toEvent } from './event-stream.ts'
import type { ExchangeOptions } from './exchange-options.ts'
import { isJsonObject, type RequestId } from './json-rpc.ts'
import { filterEvents, filterShortJson, readMessages, type Rewrite, toJson } from './message-filters.ts'
import type { Outgoing } from './request-context.ts'
import type { RequestStates } from './request-states.ts'
import type { TaskBinding } from './task-binding.ts'
import { isTaskMethod, withoutTaskList, withTaskIds } from './task-messages.ts'
import type { WatchedCall } from './watched-calls.ts'

/** How a good response gets to the client. */
export type ResponsePlan =
  /** As it comes, through a filter where there is one. */
  | { readonly kind: 'stream'; readonly isEventStream: boolean; readonly filter: BodyFilter | undefined }
  /** Read completely, because its form changes or the policy wants to see it. */
  | { readonly kind: 'collect'; readonly isEventStream: boolean; readonly rewrite: (body: string) => string }

type Rewriters = Pick<ExchangeOptions, 'policy' | 'requestStates' | 'tasks' | 'onAnswered'>

/** Decides by what the client takes, what somebody wants to see, and what has been refused already. */
export function planResponse(options: Rewriters, outgoing: Outgoing, isEventStream: boolean): ResponsePlan {
  const { policy } = options
  const { context, method } = outgoing
  const { accepts, methods, refused, request } = context
  const asEventStream = method === 'GET' || (isEventStream ? accepts.eventStream : !accepts.json)
  const filter = policy === undefined ? undefined : policyRewrite(policy, context, method)
  const wrap = wrapRewrite(options, context, isEventStream)
  const rewrite = inTurn(filter, wrap) ?? asItIs
  const isRead = isTaskMethod(request?.method) && wrap !== undefined // its result may be long
  if (isEventStream === asEventStream && filter === undefined && refused.length === 0 && !isRead) {
    if (wrap === undefined) return { kind: 'stream', isEventStream, filter: undefined }
    if (!isEventStream)
      return {
        kind: 'stream',
        isEventStream,
        filter: filterShortJson(wrap, options.requestStates !== undefined && mayAsk(context)),
      }
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

/** What policy, request states and tasks make of a message, for whoever has it as a message already. */
export function responseRewrite(
  options: Rewriters,
  context: Outgoing['context'],
  method: Outgoing['method'],
): Rewrite {
  const filter = options.policy === undefined ? undefined : policyRewrite(options.policy, context, method)
  return inTurn(filter, wrapRewrite(options, context, true)) ?? asItIs
}

const asItIs: Rewrite = (message) => message

function inTurn(first: Rewrite | undefined, second: Rewrite | undefined): Rewrite | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return (message) => second(first(message))
}

/** States and tasks leave in wrappers that only their user can bring back; who watches a call sees its answer. */
function wrapRewrite(
  { requestStates, tasks, onAnswered }: Rewriters,
  context: Outgoing['context'],
  isEventStream: boolean,
): Rewrite | undefined {
  const states = requestStates === undefined ? undefined : stateRewrite(requestStates, context)
  const wrapped = inTurn(states, tasks === undefined ? undefined : taskRewrite(tasks, context, isEventStream))
  const { call } = context
  return inTurn(wrapped, onAnswered && call && seenBy(call))
}

const seenBy =
  (call: WatchedCall): Rewrite =>
  (message) => {
    call.see(message)
    return message
  }

/** PROXY-17: a task leaves under a handle that is bound to the caller. Anything may be told on a stream. */
function taskRewrite(
  tasks: TaskBinding,
  { methods, request, caller }: Outgoing['context'],
  isEventStream: boolean,
): Rewrite | undefined {
  const mayTell = (method: string) =>
    isTaskMethod(method) || method === 'tools/call' || method === 'initialize'
  const isWanted =
    isEventStream || request?.params?.['task'] !== undefined || [...methods.values()].some(mayTell)
  if (!isWanted) return undefined
  return (message) => {
    const told = withTaskIds(message, (taskId) => tasks.bind(taskId, caller))
    return methods.get(told['id'] as RequestId) === 'initialize' ? withoutTaskList(told) : told
  }
}

/** Session eras know no questions in answers, and a call that asks for none gets none. */
const mayAsk = ({ era, request }: Outgoing['context']): boolean =>
  era !== 'legacy' && request !== undefined && mayAskForInput.has(request.method)

/** PROXY-15: a state leaves in a wrapper that only this user and this request can bring back. */
function stateRewrite(states: RequestStates, context: Outgoing['context']): Rewrite | undefined {
  const { request, caller } = context
  if (request === undefined || !mayAsk(context)) return undefined
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
