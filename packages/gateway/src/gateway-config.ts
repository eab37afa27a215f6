import type { IdentityProvider } from '@portico/provider'

import type { GatewayRoute } from './gateway-route.ts'

/** What a gateway serves: the part of its options that configuration files can say. */
export interface GatewayConfig {
  /** Who signs users in: several make a chooser, unless a route names its own. */
  readonly providers: readonly IdentityProvider[]
  readonly routes: readonly GatewayRoute[]
}
