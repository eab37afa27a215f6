import { ConfigFilesError, formatFileProblem } from '@portico/gateway'
import type { Environment, FileProblem, GatewayConfig } from '@portico/gateway'
import { createSafeFetch } from '@portico/safe-fetch'
import type { SafeFetch } from '@portico/safe-fetch'

import { withEnvironmentFiles } from './environment-files.ts'
import { loadConfig } from './load-config.ts'
import { readSettings } from './settings.ts'
import type { ServeSettings, SettingProblem } from './settings.ts'

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
  /** For URLs that clients and identity providers named, and those of the identity providers. */
  readonly fetch: SafeFetch
  readonly problems: readonly Problem[]
  readonly warnings: readonly FileProblem[]
}

/** Reads settings and configuration, and finds everything that is wrong with either. Nothing is started. */
export async function prepare(
  { environment, directory }: Surroundings,
  { config: configDirectory, port }: { readonly config: string; readonly port?: string | undefined },
): Promise<Prepared> {
  const completed = withEnvironmentFiles(environment, directory, configDirectory)
  const { settings, problems } = readSettings(completed, { port })
  const fetch = createSafeFetch({ development: settings.development, ...settings.egress })
  try {
    const { config, warnings } = await loadConfig({
      directory: configDirectory,
      workingDirectory: directory,
      environment: completed,
      development: settings.development,
      fetch,
    })
    return { settings, config, fetch, problems, warnings }
  } catch (error) {
    if (!(error instanceof ConfigFilesError)) throw error
    return { settings, config: undefined, fetch, problems: [...problems, ...error.problems], warnings: [] }
  }
}

/** One line. */
export function formatProblem(problem: Problem): string {
  return 'setting' in problem ? `${problem.setting}: ${problem.message}` : formatFileProblem(problem)
}
