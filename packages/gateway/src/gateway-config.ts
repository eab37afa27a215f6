import type { UpstreamOptions as ConnectionOptions } from '@portico/connections'
import type { AuthorizationServerOptions } from '@portico/core'
import type { IdentityProvider } from '@portico/provider'

import type { GatewayRoute } from './gateway-route.ts'
import type { GatewaySettings } from './gateway-settings.ts'

/** Settings of the authorization server that a gateway passes on as they are. */
export type ServerSettings = Pick<
  AuthorizationServerOptions,
  | 'accessToken'
  | 'backChannelLogout'
  | 'basePath'
  | 'clients'
  | 'codeTtlSeconds'
  | 'deviceAuthorization'
  | 'dpop'
  | 'dpopNonceTtlSeconds'
  | 'identityAssertions'
  | 'pushedAuthorizationRequests'
  | 'rateLimits'
  | 'recheckUsersSeconds'
  | 'refreshToken'
  | 'registration'
  | 'rememberConsentSeconds'
  | 'sessionTtlSeconds'
  | 'theme'
  | 'transactionTtlSeconds'
>

/** What a gateway serves, wherever it runs: what configuration files, or `defineConfig`, say. */
export interface GatewayConfig extends ServerSettings, GatewaySettings {
  /** Who signs users in: several make a chooser, unless a route names its own. */
  readonly providers: readonly IdentityProvider[]
  readonly routes: readonly GatewayRoute[]
  /** Upstreams that users, or an administrator, connect an account of. */
  readonly connections?: readonly ConnectionOptions[] | undefined
  /** Pages of your own; in code only. */
  readonly pages?: AuthorizationServerOptions['pages']
}
