import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { memoryStorage } from '@portico/storage'
import { sqliteStorage } from '@portico/storage-sqlite'

import { openPostgres } from './open-postgres.ts'
import { openRedis } from './open-redis.ts'
import { StartError } from './start-error.ts'
import type { StorageConnection } from './storage-connection.ts'
import { storagePlace } from './storage-setting.ts'
import type { StorageSetting } from './storage-setting.ts'

export interface OpenStorage extends StorageConnection {
  /** For people: where the records are. */
  readonly place: string
}

/**
 * Opens what `PORTICO_STORAGE` names. The directory of a SQLite file is made when it is not there, and tables are created
 * or brought to this release.
 *
 * @throws {StartError} when it cannot be reached, or belongs to something else
 */
export async function openStorage(setting: StorageSetting, workingDirectory: string): Promise<OpenStorage> {
  try {
    return { ...(await open(setting, workingDirectory)), place: storagePlace(setting) }
  } catch (error) {
    if (error instanceof StartError || !(error instanceof Error)) throw error
    const why = error.message.replace(/\.$/, '')
    const message = `${storagePlace(setting)} cannot be used: ${why}. ${remedies[setting.kind]}`
    throw new StartError([{ setting: 'PORTICO_STORAGE', message }], { cause: error })
  }
}

const remedies = {
  memory: 'Start again.',
  sqlite: 'Name a file that this user may write, e.g. "sqlite:data/portico.db".',
  postgres: 'Check that the server is running and that this machine can reach it, or correct the address.',
  redis: 'Check that the server is running and that this machine can reach it, or correct the address.',
} as const satisfies Record<StorageSetting['kind'], string>

function open(setting: StorageSetting, workingDirectory: string): Promise<StorageConnection> {
  switch (setting.kind) {
    case 'memory':
      return Promise.resolve({ storage: memoryStorage(), close: () => Promise.resolve() })
    case 'sqlite':
      return openSqlite(resolve(workingDirectory, setting.file))
    case 'postgres':
      return openPostgres(setting.url, workingDirectory)
    case 'redis':
      return openRedis(setting, workingDirectory)
  }
}

async function openSqlite(file: string): Promise<StorageConnection> {
  // Only where it is used: some releases of Node warn as soon as it is loaded.
  const { DatabaseSync } = await loadSqlite(() => import('node:sqlite'))
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file)
  const close = () => {
    database.close()
    return Promise.resolve()
  }
  try {
    return { storage: sqliteStorage(database), close }
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Loads the SQLite of the runtime.
 *
 * @throws {StartError} when the runtime is too old to have one
 */
export async function loadSqlite<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_BUILTIN_MODULE'))
      throw error
    const message =
      `SQLite needs Node 22.13 or newer, and this is ${process.versions.node}. ` +
      'Install a newer Node, which the rest of Portico needs too.'
    throw new StartError([{ setting: 'PORTICO_STORAGE', message }], { cause: error })
  }
}
