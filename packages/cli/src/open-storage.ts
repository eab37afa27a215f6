import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { memoryStorage } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { sqliteStorage } from '@portico/storage-sqlite'

import type { StorageSetting } from './settings.ts'

export interface OpenStorage {
  readonly storage: Storage
  /** For people: where the records are. */
  readonly place: string
  close(): void
}

/** Opens what `PORTICO_STORAGE` names; the directory of a SQLite file is made when it is not there. */
export function openStorage(setting: StorageSetting, workingDirectory: string): OpenStorage {
  if (setting.kind === 'memory') {
    return { storage: memoryStorage(), place: 'memory: everything is forgotten at the end', close: () => {} }
  }
  const file = resolve(workingDirectory, setting.file)
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file)
  return { storage: sqliteStorage(database), place: setting.file, close: () => database.close() }
}
