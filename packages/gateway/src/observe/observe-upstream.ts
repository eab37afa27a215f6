import type { GatewayOptions } from '../gateway-options.ts'
import type { AnyObserver } from './combine-observers.ts'
import { observeAnswer } from './observe-answer.ts'

type UpstreamFetch = NonNullable<GatewayOptions['upstreamFetch']>

/** Watches the requests of a route to its upstreams, and passes the trace on (PROXY-21). */
export function observeUpstream(send: UpstreamFetch, observer: AnyObserver, route: string): UpstreamFetch {
  return (url, init) => {
    const { method = 'GET' } = init
    const activity = observer.begin({ kind: 'upstream', route, method, origin: new URL(url).origin })
    if (!activity) return send(url, init)
    const headers = new Headers(init.headers)
    for (const [name, value] of Object.entries(activity.headers?.() ?? {})) headers.set(name, value)
    return observeAnswer(activity, () => send(url, { ...init, headers }))
  }
}
