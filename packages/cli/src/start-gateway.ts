import { upstreamsOf } from '@portico/gateway'
import type { Gateway, GatewayConfig } from '@portico/gateway'
import type { ServedRequest } from '@portico/gateway/node'
import type { SafeFetch } from '@portico/safe-fetch'

import { openAudit } from './audit-sink.ts'
import { buildGateway, originOf, publicUrlOf } from './build-gateway.ts'
import { listenProblem } from './listen-problem.ts'
import type { Log } from './log.ts'
import { openKeys } from './open-keys.ts'
import { openMetrics } from './open-metrics.ts'
import { openStorage } from './open-storage.ts'
import { openTracing } from './open-tracing.ts'
import { adminWarnings, serveAdmin } from './serve-admin.ts'
import { serveOfRuntime } from './serve-of-runtime.ts'
import type { ServeSettings, SettingProblem } from './settings.ts'
import { startProblem } from './start-problem.ts'

export interface StartOptions {
  readonly config: GatewayConfig
  readonly settings: ServeSettings
  /** Default: what the gateway itself takes. */
  readonly fetch: SafeFetch | undefined
  readonly workingDirectory: string
  readonly log: Log
  /** Takes audit records that go to standard output; default the process's own. */
  readonly write?: ((text: string) => void) | undefined
  /** Addresses to listen on; default loopback in development, and the whole network otherwise. */
  readonly hosts?: readonly string[] | undefined
}

/** A gateway that is running, and what its operator needs to know about it. */
export interface StartedGateway {
  readonly publicUrl: string
  readonly port: number
  readonly routes: readonly { readonly url: string; readonly upstream: string }[]
  /** What to register at each identity provider. */
  readonly redirectUris: readonly { readonly provider: string; readonly url: string }[]
  /** For people: where records are, and where keys come from. */
  readonly storage: string
  readonly keys: string
  /** Where operators come in, when anywhere. */
  readonly admin?: string
  /** What needs the operator's attention, though the gateway serves. */
  readonly warnings: readonly SettingProblem[]
  readonly close: () => Promise<void>
}

/**
 * Opens storage and keys, and serves.
 *
 * @throws {StartError}
 */
export async function startGateway(options: StartOptions): Promise<StartedGateway> {
  const { settings, log } = options
  const opened = await openStorage(settings.storage, options.workingDirectory)
  try {
    const keyring = openKeys(settings, options.workingDirectory)
    const trail = openAudit(settings.audit, options, (error) => log.auditExport(error))
    const audit = trail?.options
    const tracing =
      settings.tracing && (await openTracing(settings.tracing, settings.storage, options.workingDirectory))
    const metrics = await openMetrics(settings)
    const gateway = buildGateway({
      ...options,
      storage: opened.storage,
      keys: keyring.keys,
      audit,
      metrics,
      observer: [tracing, metrics].flatMap((each) => each?.observer ?? []),
    })
    const warnings = await checkKeys(gateway, options)
    const serve = await serveOfRuntime()
    const hosting = {
      trustedProxies: settings.trustedProxies,
      onRequest: (request: ServedRequest) => log.request(request),
    }
    const server = await serve(gateway, {
      ...hosting,
      port: settings.port,
      hosts: options.hosts ?? (settings.development ? ['127.0.0.1', '::1'] : ['::']),
    })
    const admin = await serveAdmin(gateway, settings, serve, hosting).catch(async (error: unknown) => {
      await server.close()
      throw error
    })
    const close = async () => {
      // First: the gateway records what an operator did to the last.
      await admin?.close()
      await server.close()
      await trail?.close()
      await opened.close()
      await tracing?.close().catch((error: unknown) => log.error(error))
    }
    return {
      ...describe(gateway, options, server.port),
      storage: opened.place,
      keys: keyring.place,
      ...(admin && { admin: admin.url }),
      warnings: [...warnings, ...adminWarnings(settings)],
      port: server.port,
      close,
    }
  } catch (error) {
    await opened.close()
    throw startProblem(error) ?? listenProblem(error, 'PORTICO_PORT', settings.port) ?? error
  }
}

/**
 * Nothing can be issued without the key that the signing key is sealed under, so this is found out now.
 *
 * @returns keys that only upstream connections wait for
 */
async function checkKeys(gateway: Gateway, { settings }: StartOptions): Promise<readonly SettingProblem[]> {
  const origin = originOf(gateway, settings)
  await origin.server.ready()
  const missing = (await origin.connections?.missingKeys()) ?? []
  return missing.map(({ keyId, records }) => ({
    setting: 'PORTICO_KEYS',
    message: `lacks the key "${keyId}", and ${records} upstream connections are sealed under it: put it back behind the newest one and run "portico keys rotate".`,
  }))
}

function describe(gateway: Gateway, { config, settings }: StartOptions, port: number) {
  const served = { publicUrl: settings.publicUrl, port }
  const publicUrl = publicUrlOf(served)
  const { callbackUrls } = originOf(gateway, served).server
  return {
    publicUrl,
    routes: config.routes.map((route) => ({
      url: publicUrl + route.path,
      upstream: upstreamsOf(route)
        .map(({ url }) => url)
        .join(', '),
    })),
    redirectUris: config.providers.map(({ id, name }) => ({
      provider: name,
      url: callbackUrls.get(id) ?? '',
    })),
  }
}
