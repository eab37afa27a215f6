import type { GatewayOptions } from '../gateway-options.ts'
import type { AnyObserver } from './combine-observers.ts'
import { observeAnswer } from './observe-answer.ts'
import { outgoingMessage } from './outgoing-message.ts'

type UpstreamFetch = NonNullable<GatewayOptions['upstreamFetch']>

/** Watches the requests of a route to its upstreams, and passes the trace on (PROXY-21). */
export function observeUpstream(send: UpstreamFetch, observer: AnyObserver, route: string): UpstreamFetch {
  return (url, init) => {
    const { method = 'GET' } = init
    const headers = new Headers(init.headers)
    const message = () => outgoingMessage((name) => headers.get(name) ?? undefined, init.body)
    const activity = observer.begin({ kind: 'upstream', route, method, origin: new URL(url).origin, message })
    if (!activity) return send(url, init)
    const trace = Object.entries(activity.headers?.() ?? {})
    // The client's own state belongs to the client's own parent.
    if (trace.length > 0) headers.delete('tracestate')
    for (const [name, value] of trace) headers.set(name, value)
    return observeAnswer(activity, () => send(url, { ...init, headers }))
  }
}
