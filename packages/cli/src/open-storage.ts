import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { memoryStorage } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { sqliteStorage } from '@portico/storage-sqlite'

import type { StorageSetting } from './settings.ts'

export interface OpenStorage {
  readonly storage: Storage
  /** For people: where the records are. */
  readonly place: string
  readonly close: () => void
}

/** Opens what `PORTICO_STORAGE` names; the directory of a SQLite file is made when it is not there. */
export async function openStorage(setting: StorageSetting, workingDirectory: string): Promise<OpenStorage> {
  if (setting.kind === 'memory') {
    return { storage: memoryStorage(), place: 'memory: everything is forgotten at the end', close: () => {} }
  }
  // Only where it is used: some releases of Node warn as soon as it is loaded.
  const { DatabaseSync } = await import('node:sqlite')
  const file = resolve(workingDirectory, setting.file)
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file)
  return { storage: sqliteStorage(database), place: setting.file, close: () => database.close() }
}
