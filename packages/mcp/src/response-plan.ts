import type { BodyFilter } from './body-filter.ts'
import type { CapabilityPolicy } from './capability-policy.ts'
import { toEvent } from './event-stream.ts'
import { isJsonObject, type RequestId } from './json-rpc.ts'
import { filterEvents, readMessages, type Rewrite, toJson } from './message-filters.ts'
import type { Outgoing } from './request-context.ts'

/** How a good response gets to the client. */
export type ResponsePlan =
  /** As it comes, through a filter where there is one. */
  | { readonly kind: 'stream'; readonly isEventStream: boolean; readonly filter: BodyFilter | undefined }
  /** Read completely, because its form changes or the policy wants to see it. */
  | { readonly kind: 'collect'; readonly isEventStream: boolean; readonly rewrite: (body: string) => string }

/** Decides by what the client takes, what the policy wants to see, and what has been refused already. */
export function planResponse(
  policy: CapabilityPolicy | undefined,
  { context, method }: Outgoing,
  isEventStream: boolean,
): ResponsePlan {
  const { accepts, methods, refused, request } = context
  const asEventStream = method === 'GET' || (isEventStream ? accepts.eventStream : !accepts.json)
  const rewrite = policy === undefined ? undefined : rewriteFor(policy, context, method)
  if (isEventStream === asEventStream && rewrite === undefined && refused.length === 0) {
    return { kind: 'stream', isEventStream, filter: undefined }
  }
  if (isEventStream && asEventStream) {
    return { kind: 'stream', isEventStream, filter: filterEvents(rewrite ?? unchanged, refused) }
  }
  return {
    kind: 'collect',
    isEventStream: asEventStream,
    rewrite: (body) => {
      const messages = [...refused, ...readMessages(body, isEventStream, rewrite ?? unchanged)]
      if (asEventStream) return messages.map(toEvent).join('')
      return toJson(messages, new Set(methods.keys()), request === undefined)
    },
  }
}

const unchanged: Rewrite = (message) => message

function rewriteFor(
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
