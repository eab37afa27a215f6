import type { SafeFetch } from '@portico/safe-fetch'

import type { Environment } from './config/resolve-environment.ts'
import type { GatewayConfig } from './gateway-config.ts'

/** What a configuration in code may need to know about the place it is loaded in. */
export interface ConfigContext {
  /** Variables of the process and of the `.env` files. */
  readonly environment: Environment
  /** The gateway runs on loopback: pass it to the provider's factory if it may answer over plain http. */
  readonly development: boolean
  /** For `resolveProvider`. */
  readonly fetch: SafeFetch
}

/** Types the default export of `portico.config.ts`: the configuration, or a function that makes it. */
export function defineConfig<
  const Config extends GatewayConfig | ((context: ConfigContext) => GatewayConfig | Promise<GatewayConfig>),
>(config: Config): Config {
  return config
}
