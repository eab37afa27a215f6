import { createGateway } from '@portico/gateway'
import type {
  AuditOptions,
  Gateway,
  GatewayConfig,
  GatewayOrigin,
  MetricsText,
  Observer,
} from '@portico/gateway'
import { ConfigError, explainProblem } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'

import { localOrigin } from './local-origin.ts'
import type { Log } from './log.ts'
import type { ServeSettings } from './settings.ts'
import { StartError } from './start-error.ts'

/** What a gateway is built of: configuration and settings, and what was opened for it. */
export interface GatewayParts {
  readonly config: GatewayConfig
  readonly settings: ServeSettings
  /** Default: what the gateway itself takes. */
  readonly fetch: SafeFetch | undefined
  readonly log: Log
  readonly storage: Storage
  readonly keys: readonly string[] | undefined
  readonly audit?: AuditOptions | undefined
  readonly metrics?: MetricsText | undefined
  readonly observer?: readonly Observer[] | undefined
}

/**
 * Builds the gateway without serving it.
 *
 * @throws {StartError} naming every option that is wrong
 */
export function buildGateway({
  config,
  settings,
  fetch,
  log,
  storage,
  keys,
  audit,
  metrics,
  observer,
}: GatewayParts): Gateway {
  try {
    return createGateway({
      ...config,
      publicUrl: settings.publicUrl,
      development: settings.development,
      storage,
      keys,
      admin: settings.admin && { token: settings.admin.token, url: settings.admin.url },
      fetch,
      audit,
      metrics,
      observer,
      onEvent: (event) => log.event(event),
      onError: (error, requestId) => log.error(error, requestId),
    })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new StartError(
      error.problems.map((problem) => ({
        setting: problem.option
          .replace(/^keys/, 'PORTICO_KEYS')
          .replace(/^admin\.token/, 'PORTICO_ADMIN_TOKEN'),
        message: explainProblem(problem),
      })),
      { cause: error },
    )
  }
}

/** The origin that users see, or on a developer's machine the one of the port. */
export function publicUrlOf({ publicUrl, port }: Pick<ServeSettings, 'publicUrl' | 'port'>): string {
  return publicUrl ?? localOrigin(port)
}

/** What a gateway serves at its public URL; in development any port will do to look at the records. */
export function originOf(
  gateway: Gateway,
  settings: Pick<ServeSettings, 'publicUrl' | 'port'>,
): GatewayOrigin {
  const publicUrl = publicUrlOf(settings)
  const origin = gateway.originFor(new URL(publicUrl).host)
  if (!origin) throw new TypeError(`The gateway does not serve ${publicUrl}.`)
  return origin
}
