import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { StartError } from './start-error.ts'
import type { StorageSetting } from './storage-setting.ts'

/**
 * For commands that look at the records of a gateway or change them: opening a SQLite file that is not there would make an
 * empty one, and the command would report that there is nothing.
 *
 * @throws {StartError}
 */
export function requireDatabase(setting: StorageSetting, workingDirectory: string): void {
  if (setting.kind !== 'sqlite' || existsSync(resolve(workingDirectory, setting.file))) return
  const message = `${setting.file} does not exist: run this where the gateway runs, with the same settings.`
  throw new StartError([{ setting: 'PORTICO_STORAGE', message }])
}
