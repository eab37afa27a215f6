import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { createProviderProbe } from '@portico/core'
import { upstreamsOf } from '@portico/gateway'
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
import { diagnoseKeys } from './diagnose-keys.ts'
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

/**
 * Looks at everything that the configuration names, and at the gateway where one runs.
 *
 * @throws {StartError} when an option is wrong
 */
export async function diagnose(
  prepared: Configured,
  workingDirectory: string,
  wanted: ReadonlySet<Area>,
): Promise<readonly AreaFinding[]> {
  const { settings, config, fetch, trustedFetch } = prepared
  const opened = await openRecords(prepared, workingDirectory)
  const file = keyringFileOf(settings.storage, workingDirectory)
  const fileKeys = file && existsSync(file.path) ? openKeyringFile(file.path).keys : undefined
  try {
    const storage = opened.storage ?? memoryStorage()
    const keys = settings.keys ?? fileKeys ?? [generateKey()]
    const gateway = buildGateway({ config, settings, fetch, log: silentLog, storage, keys })
    const origin = originOf(gateway, settings)
    const { context } = origin.server
    const running: RunningGateway = {
      publicUrl: publicUrlOf(settings),
      routes: config.routes.map(({ path }) => path),
      requestBytes: config.limits?.requestBytes ?? 4 * 1_048_576,
      trustedProxies: settings.trustedProxies,
      fetch: trustedFetch,
      open: (url, init) =>
        globalThis.fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(answerMs) }),
    }
    const outside = wanted.has('provider') && wanted.size === 1 ? [] : await diagnosePublicUrl(running)
    const isRunning = outside[0]?.status === 'ok'
    const { randomToken, now } = context

    const byArea: Readonly<Record<Area, () => Promise<readonly AreaFinding[]>>> = {
      async provider() {
        const groups = await Promise.all(
          config.providers.map(async (provider) => {
            const signal = () => AbortSignal.timeout(provider.settings.remoteTimeoutMs)
            const findings = await diagnoseProvider({
              provider,
              probe: createProviderProbe(context, provider),
              fetch: trustedFetch,
              open: (url) =>
                globalThis.fetch(url, {
                  redirect: 'manual',
                  signal: signal(),
                  headers: { accept: 'text/html' },
                }),
              now,
            })
            return findings.map((finding) => ({
              area: 'provider' as const,
              provider: provider.id,
              ...finding,
            }))
          }),
        )
        return groups.flat()
      },
      'public-url': () => Promise.resolve(about('public-url', outside)),
      async keys() {
        if (!opened.storage) return []
        const known = fileKeys && file ? { path: file.shown, keys: fileKeys } : undefined
        const ring = { keyIds: context.vault.keyIds, given: settings.keys, file: known }
        const { development } = settings
        const { connections } = origin
        return about('keys', await diagnoseKeys({ ...ring, development, storage, connections, now }))
      },
      async storage() {
        const { storage: records, place } = opened
        const own = records && (await checkStorage({ storage: records, place, randomToken, now }))
        const shared = isRunning ? [await checkSharedStorage(running, records)] : []
        return about('storage', [...opened.findings, ...(own ? [own] : []), ...shared])
      },
      async upstream() {
        const groups = await Promise.all(
          config.routes.flatMap((route) =>
            upstreamsOf(route).map(async (upstream) => {
              const { connections } = origin
              const findings = await diagnoseUpstream({ upstream, connections, fetch: trustedFetch })
              return about('upstream', findings, { route: route.path })
            }),
          ),
        )
        return groups.flat()
      },
      async client() {
        const [route] = running.routes
        if (!isRunning || route === undefined) return []
        const findings: AreaFinding[] = []
        // One after the other, as registrations are limited.
        for (const client of playedClients) {
          findings.push(
            ...about('client', [await playClient(running, route, client)], { client: client.name }),
          )
        }
        return findings
      },
    }
    const groups: (readonly AreaFinding[])[] = []
    for (const area of wanted) groups.push(await byArea[area]())
    return groups.flat()
  } finally {
    await opened.close()
  }
}

function about(
  area: Area,
  findings: readonly Finding[],
  names: Pick<AreaFinding, 'route' | 'client'> = {},
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
