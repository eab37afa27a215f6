import type { GatewaySetup, Surroundings } from './attacked-gateway.ts'

/** Where the gateway under attack runs, and how requests reach it. */
export interface AttackedHost {
  /** Completes "on memory …" in the title of a section. */
  readonly name: string
  /** Whether it listens on a socket, and so tells by itself who sent a request. */
  readonly listens: boolean
  /** Starts a gateway; rejects with what it says about its options. */
  readonly start: (
    setup: GatewaySetup,
    surroundings: Surroundings,
    options: { readonly trustedProxies: readonly string[] },
  ) => Promise<ReachableGateway>
}

export interface ReachableGateway {
  /** Sends a request as it is; `clientAddress` is what the host vouches for, or a proxy in front that it trusts. */
  readonly fetch: (request: Request, clientAddress?: string) => Promise<Response>
  readonly close: () => Promise<void>
}
