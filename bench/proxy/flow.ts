import type { GatewayOptions } from '@portico/gateway'

/** How a gateway of these measurements is set up. */
export interface Setup {
  readonly upstreamUrl: string
  /** Of the only route; without them everything passes unread. */
  readonly capabilities?: GatewayOptions['routes'][number]['capabilities']
  /** Routes beside the one that is called. */
  readonly otherRoutes?: number
  /** Identity providers between which users choose; default 1. */
  readonly providers?: number
  /** `portable`: over Fetch objects, by the server of Hono. */
  readonly transport: 'node' | 'portable'
}

export interface Started {
  readonly port: number
  readonly token: string
  /** A request of the registered client for authorization. */
  readonly authorizePath: string
}

export interface Usage {
  /** Microseconds of all threads. */
  readonly cpu: number
  readonly heapUsed: number
  readonly rss: number
}
