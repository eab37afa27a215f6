import { dirname, join, resolve } from 'node:path'

import { createGateway, upstreamsOf } from '@portico/gateway'
import type {
  AuditOptions,
  Gateway,
  GatewayConfig,
  GatewayOrigin,
  MetricsText,
  Observer,
} from '@portico/gateway'
import type { ServedRequest } from '@portico/gateway/node'
import { ConfigError, explainProblem } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'
import { StorageUnavailableError } from '@portico/storage'
import type { Storage } from '@portico/storage'

import { openAudit } from './audit-sink.ts'
import { openKeyringFile } from './keyring-file.ts'
import { listenProblem } from './listen-problem.ts'
import { localOrigin } from './local-origin.ts'
import type { Log } from './log.ts'
import { openMetrics } from './open-metrics.ts'
import { openStorage } from './open-storage.ts'
import { openTracing } from './open-tracing.ts'
import { adminWarnings, serveAdmin } from './serve-admin.ts'
import { serveOfRuntime } from './serve-of-runtime.ts'
import type { ServeSettings, SettingProblem } from './settings.ts'
import { StartError } from './start-error.ts'
import type { StorageSetting } from './storage-setting.ts'

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
    const keyring = openKeys(options)
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
}: Pick<StartOptions, 'config' | 'settings' | 'fetch' | 'log'> & {
  readonly storage: Storage
  readonly keys: readonly string[] | undefined
  readonly audit?: AuditOptions | undefined
  readonly metrics?: MetricsText | undefined
  readonly observer?: readonly Observer[] | undefined
}): Gateway {
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

/** The origin that users see; in development any port will do to look at the records. */
export function originOf(
  gateway: Gateway,
  { publicUrl, port }: Pick<ServeSettings, 'publicUrl' | 'port'>,
): GatewayOrigin | undefined {
  return gateway.originFor(new URL(publicUrl ?? localOrigin(port)).host)
}

/**
 * Nothing can be issued without the key that the signing key is sealed under, so this is found out now.
 *
 * @returns keys that only upstream connections wait for
 */
async function checkKeys(gateway: Gateway, { settings }: StartOptions): Promise<readonly SettingProblem[]> {
  const origin = originOf(gateway, settings)
  await origin?.server.ready()
  const missing = (await origin?.connections?.missingKeys()) ?? []
  return missing.map(({ keyId, records }) => ({
    setting: 'PORTICO_KEYS',
    message: `lacks the key "${keyId}", and ${records} upstream connections are sealed under it: put it back behind the newest one and run "portico keys rotate".`,
  }))
}

/** A value that the keyring cannot open, or a storage that went away, in words for the operator. */
export function startProblem(error: unknown): StartError | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.name !== 'SealError' && !(error instanceof StorageUnavailableError)) return undefined
  const setting = error.name === 'SealError' ? 'PORTICO_KEYS' : 'PORTICO_STORAGE'
  return new StartError([{ setting, message: error.message }], { cause: error })
}

/** In development a key is made once and kept beside the records that it seals. */
export function openKeys({
  settings,
  workingDirectory,
}: Pick<StartOptions, 'settings' | 'workingDirectory'>): {
  readonly keys: readonly string[] | undefined
  readonly place: string
} {
  if (settings.keys) return { keys: settings.keys, place: 'PORTICO_KEYS' }
  const file = keyringFileOf(settings.storage, workingDirectory)
  if (!file) return { keys: undefined, place: 'random, until the end' }
  const { keys, created } = openKeyringFile(file.path)
  if (keys.length === 0) {
    const message = `${file.shown} is empty: restore it from a backup. Without one remove it, and the database whose records are encrypted with its keys.`
    throw new StartError([{ setting: 'PORTICO_KEYS', message }])
  }
  return { keys, place: created ? `${file.shown} (created)` : file.shown }
}

/** The key file of a developer's machine: beside the records, or in `data/` when these are in a server. */
export function keyringFileOf(
  storage: StorageSetting,
  workingDirectory: string,
): { readonly path: string; readonly shown: string } | undefined {
  if (storage.kind === 'memory') return undefined
  const directory = storage.kind === 'sqlite' ? dirname(storage.file) : 'data'
  const shown = join(directory, 'portico.keys')
  return { shown, path: resolve(workingDirectory, shown) }
}

function describe(gateway: Gateway, { config, settings }: StartOptions, port: number) {
  const publicUrl = settings.publicUrl ?? localOrigin(port)
  const origin = gateway.originFor(new URL(publicUrl).host)
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
      url: origin?.server.callbackUrls.get(id) ?? '',
    })),
  }
}
