import type { BodyFilter } from './body-filter.ts'
import type { Incoming } from './interpret-response.ts'
import { isTranslation, type Outgoing } from './request-context.ts'
import { endingOfAnswer, type WatchedCall } from './watched-calls.ts'

/** The same decision; a tool call that somebody watches ends with it, or with the body that follows. */
export function watchIncoming(
  { context: { call } }: Outgoing,
  incoming: Incoming | Promise<Incoming>,
): Incoming | Promise<Incoming> {
  if (call === undefined) return incoming
  return incoming instanceof Promise
    ? incoming.then((decided) => watched(call, decided))
    : watched(call, incoming)
}

function watched(call: WatchedCall, incoming: Incoming): Incoming {
  switch (incoming.kind) {
    case 'retry':
      return incoming
    case 'answer': {
      const { answer } = incoming
      // An answer of ours that is no failure of the upstream says that its credential is of no use any more.
      call.end(answer.status === 200 ? 'connect_required' : endingOfAnswer(answer))
      return incoming
    }
    case 'collect':
      return {
        ...incoming,
        finish(body) {
          const finished = incoming.finish(body)
          if (!isTranslation(finished)) call.end(endingOfAnswer(finished))
          return finished
        },
      }
    case 'stream':
      return {
        ...incoming,
        filter: incoming.filter && watchedBody(call, incoming.filter, incoming.isEventStream),
      }
  }
}

/** A long JSON body passes unread: it is an answer. A stream may end without one. */
function watchedBody(call: WatchedCall, filter: BodyFilter, isEventStream: boolean): BodyFilter {
  return {
    push: (chunk) => filter.push(chunk),
    end() {
      const last = filter.end()
      call.end(isEventStream ? 'no_answer' : 'ok')
      return last
    },
  }
}
