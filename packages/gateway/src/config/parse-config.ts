import type { SafeFetch } from '@portico/safe-fetch'

import type { GatewayConfig } from '../gateway-config.ts'
import type { FileProblem } from './file-problem.ts'
import type { ConfigFile } from './jsonc-document.ts'
import type { ImportModule } from './provider-package.ts'
import type { Environment } from './resolve-environment.ts'

/** The files of one gateway, and what they refer to. */
export interface ConfigFiles {
  /** `policies.json` */
  readonly policies: ConfigFile
  /** `routes.oas.json` */
  readonly routes: ConfigFile
  /** `pins.json`, which `portico pin accept` writes. */
  readonly pins?: ConfigFile | undefined
  /** What `$env(NAME)` and `${env.NAME}` refer to. */
  readonly environment: Environment
  readonly importModule: ImportModule
  /** For the discovery documents of providers that are configured by their issuer alone. */
  readonly fetch: SafeFetch
  /** Ids of the providers that exist, to propose the one that was meant. */
  readonly providerIds?: readonly string[]
  /** Accept plain http on loopback addresses; default `false`. */
  readonly development?: boolean
}

/** A configuration without mistakes. */
export interface ParsedConfig {
  readonly config: GatewayConfig
  /** Worth telling the operator; nothing is refused. */
  readonly warnings: readonly FileProblem[]
}

/**
 * Turns the two configuration files into what `createGateway` takes.
 *
 * @throws {ConfigFilesError} with every mistake in both files, in the order in which they stand there
 */
export async function parseConfig(files: ConfigFiles): Promise<ParsedConfig> {
  // Loaded where there are files: a gateway that is composed in code needs nothing of it.
  const { parseConfigFiles } = await import('./parse-config-files.ts')
  return parseConfigFiles(files)
}
