import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { createProviderProbe } from '@portico/core'
import { upstreamsOf } from '@portico/gateway'
import type { GatewayOrigin } from '@portico/gateway'
import { memoryStorage } from '@portico/storage'

import { buildGateway, originOf, publicUrlOf } from '../build-gateway.ts'
import { generateKey, openKeyringFile } from '../keyring-file.ts'
import { silentLog } from '../log.ts'
import { keyringFileOf } from '../open-keys.ts'
import { openStorage } from '../open-storage.ts'
import type { OpenStorage } from '../open-storage.ts'
import type { Configured } from '../prepare.ts'
import { StartError } from '../start-error.ts'
import type { Area, AreaFinding } from './area-finding.ts'
import { diagnoseKeys, type KeysUnderTest } from './diagnose-keys.ts'
import { diagnoseProvider } from './diagnose-provider.ts'
import { diagnosePublicUrl } from './diagnose-public-url.ts'
import { checkSharedStorage, checkStorage } from './diagnose-storage.ts'
import { diagnoseUpstream } from './diagnose-upstream.ts'
import { type Finding, skipped, warning } from './finding.ts'
import { playClient } from './play-client.ts'
import { playedClients } from './played-clients.generated.ts'
import type { RunningGateway } from './running-gateway.ts'

/** Milliseconds for one answer of the gateway or a page of a provider. */
const answerMs = 10_000

/** Everything that is looked at. */
interface Examined extends Configured {
  /** The gateway as it would be started here. */
  readonly origin: GatewayOrigin
  /** The one that answers at the public URL, and what the outside sees of it. */
  readonly running: RunningGateway
  readonly outside: readonly Finding[]
  readonly isRunning: boolean
  readonly opened: Records
  /** The key file of a developer's machine, and what is in it. */
  readonly keyFile: KeysUnderTest['file']
}

const diagnoses: Readonly<Record<Area, (examined: Examined) => Promise<readonly AreaFinding[]>>> = {
  provider: providerFindings,
  'public-url': ({ outside }) => Promise.resolve(about('public-url', outside)),
  keys: keyFindings,
  storage: storageFindings,
  upstream: upstreamFindings,
  client: clientFindings,
}

/**
 * Looks at everything that the configuration names, and at the gateway where one runs.
 *
 * @throws {StartError} when an option is wrong
 */
export async function diagnose(
  configured: Configured,
  workingDirectory: string,
  wanted: ReadonlySet<Area>,
): Promise<readonly AreaFinding[]> {
  const { settings, config, fetch } = configured
  const opened = await openRecords(configured, workingDirectory)
  try {
    const file = keyringFileOf(settings.storage, workingDirectory)
    const keyFile =
      file && existsSync(file.path) ? { path: file.shown, keys: openKeyringFile(file.path).keys } : undefined
    const storage = opened.storage ?? memoryStorage()
    const keys = settings.keys ?? keyFile?.keys ?? [generateKey()]
    const gateway = buildGateway({ config, settings, fetch, log: silentLog, storage, keys })
    const origin = originOf(gateway, settings)
    const running = runningGateway(configured)
    const outside = wanted.has('provider') && wanted.size === 1 ? [] : await diagnosePublicUrl(running)
    const isRunning = outside[0]?.status === 'ok'
    const examined = { ...configured, origin, running, outside, isRunning, opened, keyFile }
    const groups: (readonly AreaFinding[])[] = []
    for (const area of wanted) groups.push(await diagnoses[area](examined))
    return groups.flat()
  } finally {
    await opened.close()
  }
}

function runningGateway({ settings, config, trustedFetch }: Configured): RunningGateway {
  return {
    publicUrl: publicUrlOf(settings),
    routes: config.routes.map(({ path }) => path),
    requestBytes: config.limits?.requestBytes ?? 4 * 1_048_576,
    trustedProxies: settings.trustedProxies,
    fetch: trustedFetch,
    open: (url, init) =>
      globalThis.fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(answerMs) }),
  }
}

async function providerFindings({ config, origin, trustedFetch }: Examined): Promise<readonly AreaFinding[]> {
  const { context } = origin.server
  const groups = await Promise.all(
    config.providers.map(async (provider) => {
      const findings = await diagnoseProvider({
        provider,
        probe: createProviderProbe(context, provider),
        fetch: trustedFetch,
        open: (url) =>
          globalThis.fetch(url, {
            redirect: 'manual',
            signal: AbortSignal.timeout(provider.settings.remoteTimeoutMs),
            headers: { accept: 'text/html' },
          }),
        now: context.now,
      })
      return about('provider', findings, { provider: provider.id })
    }),
  )
  return groups.flat()
}

async function keyFindings({
  opened: { storage },
  settings,
  origin,
  keyFile,
}: Examined): Promise<readonly AreaFinding[]> {
  if (!storage) return []
  const { vault, now } = origin.server.context
  const findings = await diagnoseKeys({
    keyIds: vault.keyIds,
    given: settings.keys,
    file: keyFile,
    development: settings.development,
    storage,
    connections: origin.connections,
    now,
  })
  return about('keys', findings)
}

async function storageFindings({
  opened: { storage, place, findings },
  origin,
  running,
  isRunning,
}: Examined): Promise<readonly AreaFinding[]> {
  const { randomToken, now } = origin.server.context
  const own = storage && (await checkStorage({ storage, place, randomToken, now }))
  const shared = isRunning ? [await checkSharedStorage(running, storage)] : []
  return about('storage', [...findings, ...(own ? [own] : []), ...shared])
}

async function upstreamFindings({
  config,
  origin: { connections },
  trustedFetch,
}: Examined): Promise<readonly AreaFinding[]> {
  const groups = await Promise.all(
    config.routes.flatMap((route) =>
      upstreamsOf(route).map(async (upstream) => {
        const findings = await diagnoseUpstream({ upstream, connections, fetch: trustedFetch })
        return about('upstream', findings, { route: route.path })
      }),
    ),
  )
  return groups.flat()
}

async function clientFindings({ running, isRunning }: Examined): Promise<readonly AreaFinding[]> {
  const [route] = running.routes
  if (!isRunning || route === undefined) return []
  const findings: AreaFinding[] = []
  // One after the other, as registrations are limited.
  for (const client of playedClients) {
    const found = await playClient(running, route, client)
    findings.push(...about('client', [found], { client: client.name }))
  }
  return findings
}

function about(
  area: Area,
  findings: readonly Finding[],
  names: Pick<AreaFinding, 'provider' | 'route' | 'client'> = {},
): readonly AreaFinding[] {
  return findings.map((finding) => ({ area, ...names, ...finding }))
}

interface Records extends Pick<OpenStorage, 'place' | 'close'> {
  readonly storage?: OpenStorage['storage']
  readonly findings: readonly Finding[]
}

/** The records, where there are any that another process may look at. A SQLite file is not made. */
async function openRecords({ settings }: Configured, workingDirectory: string): Promise<Records> {
  const { storage: setting, development } = settings
  const nothing = { place: '', close: () => Promise.resolve() }
  if (setting.kind === 'memory') {
    const message = 'The records are in the memory of the gateway.'
    const remedy = 'Set PORTICO_STORAGE: every restart signs all users and clients out.'
    return {
      ...nothing,
      findings: [development ? skipped('storage', message) : warning('storage', message, remedy)],
    }
  }
  if (setting.kind === 'sqlite' && !existsSync(resolve(workingDirectory, setting.file))) {
    return {
      ...nothing,
      findings: [
        skipped('storage', `${setting.file} does not exist yet: the gateway creates it when it starts.`),
      ],
    }
  }
  try {
    return { ...(await openStorage(setting, workingDirectory)), findings: [] }
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    // The messages have remedies of their own.
    const findings = error.problems.map(({ message }): Finding => ({
      check: 'storage',
      status: 'problem',
      message,
    }))
    return { ...nothing, findings }
  }
}
