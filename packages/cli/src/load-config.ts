import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { ConfigFilesError, parseConfig } from '@portico/gateway'
import type { ConfigContext, Environment, FileProblem, GatewayConfig, ParsedConfig } from '@portico/gateway'
import { type ConfigProblem, explainProblem, isConfigError } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'

import { projectImporter, providerIds } from './project-importer.ts'
import { readTextFile } from './read-text-file.ts'

export interface ConfigSource {
  /** Configuration directory, relative to `workingDirectory`. */
  readonly directory: string
  readonly workingDirectory: string
  readonly environment: Environment
  readonly development: boolean
  readonly fetch: SafeFetch
}

const policiesName = 'policies.json'
const routesName = 'routes.oas.json'
/** Beside them: the tools that have been accepted. */
export const pinsFileName = 'pins.json'
const codeNames = ['portico.config.ts', 'portico.config.mts', 'portico.config.js', 'portico.config.mjs']

/**
 * Reads a configuration directory: `policies.json` and `routes.oas.json`, or one `portico.config.ts`, which may also
 * stand beside the directory.
 *
 * @throws {ConfigFilesError}
 */
export async function loadConfig(source: ConfigSource): Promise<ParsedConfig> {
  const directory = resolve(source.workingDirectory, source.directory)
  const shown = (file: string) => relative(source.workingDirectory, file)
  const jsonFiles = [join(directory, policiesName), join(directory, routesName)]
  const codeFile = [directory, resolve(directory, '..')]
    .flatMap((folder) => codeNames.map((name) => join(folder, name)))
    .find((file) => existsSync(file))
  const existing = jsonFiles.filter((file) => existsSync(file))

  if (codeFile !== undefined && existing.length > 0) {
    const others = existing.map(shown).join(' and ')
    throw wholeFile(shown(codeFile), `cannot be combined with ${others}: keep either the code or the files.`)
  }
  if (codeFile !== undefined)
    return { config: await loadCode(codeFile, shown(codeFile), source), warnings: [] }
  if (existing.length < jsonFiles.length) {
    throw new ConfigFilesError(
      jsonFiles
        .filter((file) => !existing.includes(file))
        .map((file) => ({
          file: shown(file),
          path: '',
          message: 'does not exist: create it, or name the configuration directory with --config.',
        })),
    )
  }
  const read = (file: string) => {
    const text = readTextFile(file, shown(file))
    return text === undefined ? undefined : { file: shown(file), text }
  }
  const [policies, routes] = jsonFiles.map(read)
  if (!policies || !routes) throw new TypeError('two files make a configuration')
  return parseConfig({
    policies,
    routes,
    pins: read(join(directory, pinsFileName)),
    environment: source.environment,
    development: source.development,
    fetch: source.fetch,
    providerIds,
    importModule: projectImporter(directory),
  })
}

async function loadCode(file: string, shown: string, source: ConfigSource): Promise<GatewayConfig> {
  const context: ConfigContext = {
    environment: source.environment,
    development: source.development,
    fetch: source.fetch,
  }
  let config: unknown
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
    config = typeof module.default === 'function' ? await callWith(module.default, context) : module.default
  } catch (error) {
    if (isConfigError(error))
      throw new ConfigFilesError(error.problems.map((problem) => inFile(shown, problem)))
    throw wholeFile(
      shown,
      `could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
  if (typeof config === 'object' && config !== null && 'routes' in config && 'providers' in config) {
    const misplaced = misplacedSettings(config, shown)
    if (misplaced.length > 0) throw new ConfigFilesError(misplaced)
    return config as GatewayConfig
  }
  throw wholeFile(shown, 'must have the default export defineConfig({ providers, routes }).')
}

/** Options of `createGateway` that the command line sets itself: from the file they would be without effect. */
const settingOf: Readonly<Record<string, string>> = {
  admin: 'PORTICO_ADMIN_PORT and PORTICO_ADMIN_TOKEN',
  audit: 'PORTICO_AUDIT',
  development: 'PORTICO_PUBLIC_URL',
  fetch: 'PORTICO_ALLOW_HOSTS, PORTICO_ALLOW_ADDRESSES or PORTICO_EGRESS_PROXY',
  keys: 'PORTICO_KEYS',
  metrics: 'PORTICO_ADMIN_PORT',
  observer: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  onError: 'PORTICO_LOG',
  onEvent: 'PORTICO_AUDIT',
  publicUrl: 'PORTICO_PUBLIC_URL',
  storage: 'PORTICO_STORAGE',
}

function misplacedSettings(config: object, file: string): readonly FileProblem[] {
  return Object.entries(config).flatMap(([path, value]) => {
    const setting = Object.hasOwn(settingOf, path) ? settingOf[path] : undefined
    if (setting === undefined || value === undefined) return []
    return [{ file, path, message: `is a setting of the command line: set ${setting}, and remove it here.` }]
  })
}

function callWith(define: unknown, context: ConfigContext): unknown {
  return (define as (context: ConfigContext) => unknown)(context)
}

function inFile(file: string, problem: ConfigProblem): FileProblem {
  return { file, path: problem.option, message: explainProblem(problem) }
}

function wholeFile(file: string, message: string, cause?: unknown): ConfigFilesError {
  return new ConfigFilesError([{ file, path: '', message }], { cause })
}
