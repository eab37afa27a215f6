import type { AuthorizationServerOptions } from '@portico/core'
import type { SafeFetch } from '@portico/safe-fetch'

import type { AdminOptions, MetricsText } from './admin/admin-options.ts'
import type { AuditOptions } from './audit/audit-options.ts'
import type { GatewayConfig } from './gateway-config.ts'
import type { AnyObserver } from './observe/combine-observers.ts'
import type { Observer } from './observe/observer.ts'

/** Options of `createGateway`: what it serves, and where it runs. */
export interface GatewayOptions
  extends
    GatewayConfig,
    Pick<AuthorizationServerOptions, 'keys' | 'now' | 'onEvent' | 'randomToken' | 'storage'> {
  /**
   * The origin that users and clients see, e.g. `https://mcp.example.com`. Never taken from a request, with one
   * exception: without it the gateway serves loopback only, under whichever of `localhost`, `127.0.0.1` and `[::1]` a
   * request names, over plain http.
   */
  readonly publicUrl?: string | undefined
  /** Allows `publicUrl` to be plain http on loopback. */
  readonly development?: boolean | undefined
  /** What operators may do by `gateway.admin`; default nothing. */
  readonly admin?: AdminOptions | undefined
  /** What `gateway.admin` answers to `GET /metrics`; default nothing. */
  readonly metrics?: MetricsText | undefined
  /**
   * For every request but those to upstreams. Default: public https addresses only, and loopback in development; identity
   * providers and upstream accounts may be wherever the options say.
   */
  readonly fetch?: SafeFetch | undefined
  /** Sends the requests to upstreams in the portable transport; default the runtime's own fetch. */
  readonly upstreamFetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Keeps an audit trail; default none. */
  readonly audit?: AuditOptions | undefined
  /** Watches what the gateway does, e.g. to make traces or metrics of it: one observer or several. Default none. */
  readonly observer?: Observer | readonly Observer[] | undefined
  /** Told about failures that clients see as 502, 503 or 504, and during which request; never told a token. */
  readonly onError?: ((error: unknown, requestId?: string) => void) | undefined
}

/** The same for one origin, where several observers have become one. */
export interface OriginOptions extends GatewayOptions {
  readonly observer?: AnyObserver | undefined
}
