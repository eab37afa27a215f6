import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

import { createGateway, parseConfig } from '@portico/gateway'
import { type RunningServer, serve } from '@portico/gateway/node'
import { createSafeFetch } from '@portico/safe-fetch'
import { sqliteStorage } from '@portico/storage-sqlite'

/** How the gateway of the demo runs. */
export interface StartGatewayOptions {
  /** What the configuration files refer to. */
  readonly environment: Readonly<Record<string, string>>
  /** 0 takes any free one. */
  readonly port: number
  /** SQLite file. */
  readonly databaseFile: string
  /** Default: the configuration of the demo. */
  readonly configDirectory?: URL
  /** Seals what is stored; newest first. */
  readonly keys: readonly string[]
}

const demoConfiguration = new URL('../config/', import.meta.url)

/** Starts the gateway from the configuration files, as `portico serve` would on this machine. */
export async function startGateway(options: StartGatewayOptions): Promise<RunningServer> {
  const fetch = createSafeFetch({ development: true })
  const configFile = (name: string): { file: string; text: string } => {
    const url = new URL(name, options.configDirectory ?? demoConfiguration)
    return { file: relative(process.cwd(), fileURLToPath(url)), text: readFileSync(url, 'utf8') }
  }
  const { config } = await parseConfig({
    policies: configFile('policies.json'),
    routes: configFile('routes.oas.json'),
    environment: options.environment,
    importModule: (specifier) => import(specifier) as Promise<object>,
    providerIds: ['logto'],
    development: true,
    fetch,
  })
  const database = new DatabaseSync(options.databaseFile)
  const gateway = createGateway({
    ...config,
    development: true,
    keys: options.keys,
    storage: sqliteStorage(database),
    fetch,
  })
  const server = await serve(gateway, { port: options.port, drainSeconds: 1 }).catch((error: unknown) => {
    database.close()
    throw error
  })
  return {
    port: server.port,
    async close() {
      await server.close()
      database.close()
    },
  }
}
