import type { Dispatcher } from 'undici'

import type { AnyObserver } from '../observe/combine-observers.ts'
import type { Activity } from '../observe/observer.ts'

/** Watches the requests of a route to its upstream, and passes the trace on (PROXY-21). */
export function observeDispatcher(dispatcher: Dispatcher, observer: AnyObserver, route: string): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const { method, origin = '' } = options
    const activity = observer.begin({ kind: 'upstream', route, method, origin: String(origin) })
    if (!activity) return dispatch(options, handler)
    const traced = withTrace(options, activity.headers?.() ?? {})
    return activity.run(() => dispatch(traced, endingWith(handler, activity)))
  })
}

/** Headers come as an object from both senders of the proxy: its own, and undici's fetch. */
function withTrace(
  options: Dispatcher.DispatchOptions,
  trace: Readonly<Record<string, string>>,
): Dispatcher.DispatchOptions {
  const { headers } = options
  const isRecord = typeof headers === 'object' && headers !== null && !(Symbol.iterator in headers)
  return isRecord ? { ...options, headers: { ...headers, ...trace } } : options
}

/** Hands everything on, and ends the operation with the answer. */
function endingWith(handler: Dispatcher.DispatchHandler, activity: Activity): Dispatcher.DispatchHandler {
  let status: number | undefined
  return {
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart(...args) {
      status = args[1]
      handler.onResponseStart?.(...args)
    },
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd(...args) {
      activity.end({ status })
      handler.onResponseEnd?.(...args)
    },
    onResponseError(controller, error) {
      activity.end({ status, error })
      handler.onResponseError?.(controller, error)
    },
  }
}
