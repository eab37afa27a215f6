import type { AuthorizationServer } from '@portico/core'
import type { Storage } from '@portico/storage'

import { buildGateway, originOf } from './build-gateway.ts'
import { silentLog } from './log.ts'
import { openKeys } from './open-keys.ts'
import { openStorage } from './open-storage.ts'
import type { Configured } from './prepare.ts'
import { requireDatabase } from './require-database.ts'
import { StartError } from './start-error.ts'

/** What a gateway keeps, to be looked at beside it or while it is stopped. */
export interface Deployment {
  readonly storage: Storage
  readonly context: AuthorizationServer['context']
  readonly close: () => Promise<void>
}

/**
 * Opens storage and keys of a gateway without starting it.
 *
 * @throws {StartError} when there are none to be looked at
 */
export async function openDeployment(
  { config, settings, fetch }: Configured,
  workingDirectory: string,
): Promise<Deployment> {
  const { storage: setting } = settings
  if (setting.kind === 'memory') {
    const message = 'is "memory:", which only the gateway itself can read. Use "sqlite:data/portico.db".'
    throw new StartError([{ setting: 'PORTICO_STORAGE', message }])
  }
  requireDatabase(setting, workingDirectory)
  const { storage, close } = await openStorage(setting, workingDirectory)
  try {
    const { keys } = openKeys(settings, workingDirectory)
    const gateway = buildGateway({ config, settings, fetch, log: silentLog, storage, keys })
    return { storage, context: originOf(gateway, settings).server.context, close }
  } catch (error) {
    await close()
    throw error
  }
}
