import { isIP } from 'node:net'

import { ConfigFilesError, formatFileProblem } from '@portico/gateway'
import type { Environment, FileProblem, GatewayConfig } from '@portico/gateway'
import { createSafeFetch } from '@portico/safe-fetch'
import type { SafeFetch, SafeFetchOptions } from '@portico/safe-fetch'

import { withEnvironmentFiles } from './environment-files.ts'
import { loadConfig } from './load-config.ts'
import { misspelledSettings } from './misspelled-settings.ts'
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
  readonly warnings: readonly Problem[]
}

/** Settings and a configuration without mistakes. */
export type Configured = Prepared & { readonly config: GatewayConfig }

/** Reads settings and configuration, and finds everything that is wrong with either. Nothing is started. */
export async function prepare(
  { environment, directory }: Surroundings,
  { config: configDirectory, port }: { readonly config: string; readonly port?: string | undefined },
): Promise<Prepared> {
  const { completed, unreadable } = complete(environment, directory, configDirectory)
  const { settings, problems: found } = readSettings(completed, { port })
  const { development, egress } = settings
  const { fetch, problem } = limitedFetch(development, egress)
  const isNews = problem !== undefined && !found.some(({ setting }) => setting === problem.setting)
  const problems = isNews ? [...found, problem] : found
  const trustedFetch = createTrustedFetch(
    problem === undefined ? { development, ...egress } : { development },
  )
  const prepared = { settings, config: undefined, fetch, trustedFetch, problems, warnings: [] }
  // Everything else that is missing may be in there.
  if (unreadable.length > 0) return { ...prepared, problems: unreadable }
  try {
    const { config, warnings } = await loadConfig({
      directory: configDirectory,
      workingDirectory: directory,
      environment: completed,
      development,
      fetch: trustedFetch,
    })
    return { ...prepared, config, warnings: [...misspelledSettings(completed), ...warnings] }
  } catch (error) {
    if (!(error instanceof ConfigFilesError)) throw error
    return { ...prepared, problems: [...problems, ...error.problems] }
  }
}

const egressSettings = {
  allowHosts: 'PORTICO_ALLOW_HOSTS',
  allowAddresses: 'PORTICO_ALLOW_ADDRESSES',
  egressProxy: 'PORTICO_EGRESS_PROXY',
} as const

/** The guarded fetch that goes as far as the settings say, where they say something; or what it will not take of them. */
function limitedFetch(
  development: boolean,
  egress: EgressSettings,
): { readonly fetch?: SafeFetch; readonly problem?: SettingProblem } {
  const { allowHosts, allowAddresses, egressProxy } = egress
  if (allowHosts.length === 0 && allowAddresses.length === 0 && egressProxy === undefined) return {}
  try {
    return { fetch: createSafeFetch({ development, ...egress }) }
  } catch (error) {
    const [, option, message] = /^(\w+):? (.+)$/s.exec(error instanceof TypeError ? error.message : '') ?? []
    const known = Object.entries(egressSettings).find(([name]) => name === option)
    if (known === undefined || message === undefined) throw error
    return { problem: { setting: known[1], message } }
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
