import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { ConfigFilesError, formatFileProblem, type Gateway } from '@portico/gateway'
import type { HostingOptions, RunningServer } from '@portico/gateway/bun'
import { type SqliteDatabase, sqliteStorage } from '@portico/storage-sqlite'

import { readConfigFiles } from '../config-files.ts'
import { openGateway } from '../open-gateway.ts'
import { readSurroundings } from './surroundings.ts'

/** What each runtime does in its own way. */
export interface RuntimeApi {
  readonly openDatabase: (file: string) => SqliteDatabase & { close(): void }
  readonly serve: (gateway: Gateway, options: HostingOptions) => Promise<RunningServer>
}

/** Runs the gateway as a process until it is told to stop; what is wrong goes to standard error, with exit code 1. */
export async function runEntry(runtime: RuntimeApi): Promise<void> {
  try {
    await run(runtime)
  } catch (error) {
    const problems = error instanceof ConfigFilesError ? error.problems.map(formatFileProblem) : [error]
    for (const problem of problems) console.error(problem instanceof Error ? problem.message : problem)
    process.exitCode = 1
  }
}

async function run({ openDatabase, serve }: RuntimeApi): Promise<void> {
  const { publicUrl, port, keys, databaseFile, trustedProxies, configDirectory } = readSurroundings(
    process.env,
  )
  mkdirSync(dirname(resolve(databaseFile)), { recursive: true })
  const database = openDatabase(databaseFile)
  const gateway = await openGateway({
    ...readConfigFiles(pathToFileURL(`${resolve(configDirectory)}/`)),
    environment: process.env,
    importModule: (specifier) => import(specifier) as Promise<object>,
    publicUrl,
    keys,
    storage: sqliteStorage(database),
  })
  const server = await serve(gateway, {
    port,
    trustedProxies,
    ...(publicUrl?.startsWith('https:') && { hosts: ['::'] }),
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close().then(() => database.close()))
  }
  console.log(`Portico serves ${publicUrl ?? `http://localhost:${server.port}`}`)
}
