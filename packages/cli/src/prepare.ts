import { isIP } from 'node:net'

import { ConfigFilesError, formatFileProblem } from '@portico/gateway'
import type { Environment, FileProblem, GatewayConfig } from '@portico/gateway'
import { createSafeFetch } from '@portico/safe-fetch'
import type { SafeFetch, SafeFetchOptions } from '@portico/safe-fetch'

import { withEnvironmentFiles } from './environment-files.ts'
import { loadConfig } from './load-config.ts'
import { readSettings } from './settings.ts'
import type { EgressSettings, ServeSettings, SettingProblem } from './settings.ts'

/** A mistake of the operator, in the settings or in the files. */
export type Problem = SettingProblem | FileProblem

export interface Surroundings {
  readonly environment: Environment
  readonly directory: string
}

export interface Prepared {
  readonly settings: ServeSettings
  /** Absent when there are problems in it. */
  readonly config: GatewayConfig | undefined
  /** For URLs that clients and identity providers named; absent where nothing says how far it may go. */
  readonly fetch: SafeFetch | undefined
  /** For URLs of the configuration itself, which may be inside the operator's network. */
  readonly trustedFetch: SafeFetch
  readonly problems: readonly Problem[]
  readonly warnings: readonly FileProblem[]
}

/** Reads settings and configuration, and finds everything that is wrong with either. Nothing is started. */
export async function prepare(
  { environment, directory }: Surroundings,
  { config: configDirectory, port }: { readonly config: string; readonly port?: string | undefined },
): Promise<Prepared> {
  const { completed, unreadable } = complete(environment, directory, configDirectory)
  const { settings, problems: found } = readSettings(completed, { port })
  const unusable = egressProblem(settings.egress)
  const isNews = unusable !== undefined && !found.some(({ setting }) => setting === unusable.setting)
  const problems = isNews ? [...found, unusable] : found
  const egress = unusable === undefined ? settings.egress : noEgress
  const limits = { development: settings.development, ...egress }
  const { allowHosts, allowAddresses, egressProxy } = egress
  const isLimited = allowHosts.length > 0 || allowAddresses.length > 0 || egressProxy !== undefined
  const fetch = isLimited ? createSafeFetch(limits) : undefined
  const trustedFetch = createTrustedFetch(limits)
  // Everything else that is missing may be in there.
  if (unreadable.length > 0) {
    return { settings, config: undefined, fetch, trustedFetch, problems: unreadable, warnings: [] }
  }
  try {
    const { config, warnings } = await loadConfig({
      directory: configDirectory,
      workingDirectory: directory,
      environment: completed,
      development: settings.development,
      fetch: trustedFetch,
    })
    return { settings, config, fetch, trustedFetch, problems, warnings }
  } catch (error) {
    if (!(error instanceof ConfigFilesError)) throw error
    return {
      settings,
      config: undefined,
      fetch,
      trustedFetch,
      problems: [...problems, ...error.problems],
      warnings: [],
    }
  }
}

const noEgress = { allowHosts: [], allowAddresses: [], egressProxy: undefined } as const

const egressSettings = {
  allowHosts: 'PORTICO_ALLOW_HOSTS',
  allowAddresses: 'PORTICO_ALLOW_ADDRESSES',
  egressProxy: 'PORTICO_EGRESS_PROXY',
} as const

/** What the guarded fetch itself will not take. */
function egressProblem(egress: EgressSettings): SettingProblem | undefined {
  try {
    createSafeFetch(egress)
    return undefined
  } catch (error) {
    const [, option, message] = /^(\w+):? (.+)$/s.exec(error instanceof TypeError ? error.message : '') ?? []
    const known = Object.entries(egressSettings).find(([name]) => name === option)
    if (known === undefined || message === undefined) throw error
    return { setting: known[1], message }
  }
}

function complete(
  environment: Environment,
  directory: string,
  configDirectory: string,
): { readonly completed: Environment; readonly unreadable: readonly FileProblem[] } {
  try {
    return { completed: withEnvironmentFiles(environment, directory, configDirectory), unreadable: [] }
  } catch (error) {
    if (!(error instanceof ConfigFilesError)) throw error
    return { completed: environment, unreadable: error.problems }
  }
}

/** The same guards, but the host that the operator wrote may have any address. */
function createTrustedFetch(limits: SafeFetchOptions): SafeFetch {
  return (input, init) => {
    const { hostname } = new URL(input)
    const address = hostname.replaceAll(/^\[|\]$/g, '')
    const trusted = isIP(address)
      ? { allowAddresses: [...(limits.allowAddresses ?? []), `${address}/${isIP(address) === 4 ? 32 : 128}`] }
      : { allowHosts: [...(limits.allowHosts ?? []), hostname] }
    return createSafeFetch({ ...limits, ...trusted })(input, init)
  }
}

/** One line. */
export function formatProblem(problem: Problem): string {
  return 'setting' in problem ? `${problem.setting}: ${problem.message}` : formatFileProblem(problem)
}
