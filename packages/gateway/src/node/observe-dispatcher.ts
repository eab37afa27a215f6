import { AsyncLocalStorage } from 'node:async_hooks'

import type { Dispatcher } from 'undici'

import type { AnyObserver } from '../observe/combine-observers.ts'
import type { Activity } from '../observe/observer.ts'
import { outgoingMessage } from '../observe/outgoing-message.ts'

/** Watches the requests of a route to its upstream, and passes the trace on (PROXY-21). */
export function observeDispatcher(dispatcher: Dispatcher, observer: AnyObserver, route: string): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const { method, origin = '', body } = options
    const headers = recordOf(options)
    const message = () => outgoingMessage((name) => headers?.[name], body)
    const activity = observer.begin({ kind: 'upstream', route, method, origin: String(origin), message })
    if (!activity) return dispatch(options, handler)
    const traced = headers && withTrace(headers, activity.headers?.() ?? {})
    const sent = traced ? { ...options, headers: traced } : options
    const ending = endingWith(handler, activity)
    return activity.run(() => dispatch(sent, ending))
  })
}

type Headers = Readonly<Record<string, string>>

/** Both senders of the proxy, its own and undici's fetch, name headers by an object, in lower case. */
function recordOf({ headers }: Dispatcher.DispatchOptions): Headers | undefined {
  const isRecord = typeof headers === 'object' && headers !== null && !(Symbol.iterator in headers)
  return isRecord ? (headers as Headers) : undefined
}

/** The client's own state belongs to the client's own parent. */
function withTrace({ tracestate, ...headers }: Headers, trace: Headers): Headers {
  if (Object.keys(trace).length > 0) return { ...headers, ...trace }
  return tracestate === undefined ? headers : { ...headers, tracestate }
}

/**
 * Hands everything on, and ends the operation with the answer. Where connections are shared, undici calls back in the context
 * of whichever request opened one: what follows must belong to the request that asked.
 */
function endingWith(handler: Dispatcher.DispatchHandler, activity: Activity): Dispatcher.DispatchHandler {
  const asTheAsker = AsyncLocalStorage.snapshot()
  let status: number | undefined
  return {
    onRequestStart: (...args) => asTheAsker(() => handler.onRequestStart?.(...args)),
    onRequestUpgrade: (...args) => asTheAsker(() => handler.onRequestUpgrade?.(...args)),
    onResponseStart(...args) {
      status = args[1]
      asTheAsker(() => handler.onResponseStart?.(...args))
    },
    onResponseData: (...args) => asTheAsker(() => handler.onResponseData?.(...args)),
    onResponseEnd(...args) {
      activity.end({ status })
      asTheAsker(() => handler.onResponseEnd?.(...args))
    },
    onResponseError(controller, error) {
      activity.end({ status, error })
      asTheAsker(() => handler.onResponseError?.(controller, error))
    },
  }
}
