import { DatabaseSync } from 'node:sqlite'

import { type RunningServer, serve } from '@portico/gateway/node'
import { sqliteStorage } from '@portico/storage-sqlite'

import { readConfigFiles } from './config-files.ts'
import { openGateway } from './open-gateway.ts'

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
  const database = new DatabaseSync(options.databaseFile)
  try {
    const gateway = await openGateway({
      ...readConfigFiles(options.configDirectory ?? demoConfiguration),
      environment: options.environment,
      importModule: (specifier) => import(specifier) as Promise<object>,
      keys: options.keys,
      storage: sqliteStorage(database),
    })
    const server = await serve(gateway, { port: options.port, drainSeconds: 1 })
    return {
      port: server.port,
      async close() {
        await server.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}
