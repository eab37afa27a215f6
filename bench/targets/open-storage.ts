import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { memoryStorage } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { sqliteStorage } from '@portico/storage-sqlite'

import type { TargetOptions } from './target.ts'

/** The storage a case asks for, with what closes it. */
export function openStorage({ setup, directory }: TargetOptions): { storage: Storage; close: () => void } {
  if (setup.storage === 'memory') return { storage: memoryStorage(), close: () => undefined }
  const database = new DatabaseSync(join(directory, `${crypto.randomUUID()}.db`))
  return { storage: sqliteStorage(database), close: () => database.close() }
}
