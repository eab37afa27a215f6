import type { AccessSelection, RevokedAccess } from '@portico/core'

import { buildGateway, originOf } from './build-gateway.ts'
import { generateKey } from './keyring-file.ts'
import { silentLog } from './log.ts'
import { openStorage } from './open-storage.ts'
import type { Configured } from './prepare.ts'
import { requireDatabase } from './require-database.ts'
import { StartError } from './start-error.ts'

/** What was ended, and how soon gateways that are running see it. */
export interface Revocation extends RevokedAccess {
  readonly seenWithinSeconds: number
}

/**
 * Ends access in the storage that gateways share.
 *
 * @throws {StartError} when the configuration or the selection is wrong, or the records are out of reach
 */
export async function revokeAccess(
  { config, settings, fetch }: Configured,
  workingDirectory: string,
  selection: AccessSelection,
): Promise<Revocation> {
  if (settings.storage.kind === 'memory') {
    const message =
      'memory: belongs to the process of the gateway. Use its admin API: POST /admin/api/revocations on PORTICO_ADMIN_PORT.'
    throw new StartError([{ setting: 'PORTICO_STORAGE', message }])
  }
  requireDatabase(settings.storage, workingDirectory)
  const opened = await openStorage(settings.storage, workingDirectory)
  try {
    // No key of the ring is needed to end something.
    const keys = settings.keys ?? [generateKey()]
    const gateway = buildGateway({ config, settings, fetch, log: silentLog, storage: opened.storage, keys })
    const { server } = originOf(gateway, settings)
    const revoked = await server.revokeAccess(selection)
    return { ...revoked, seenWithinSeconds: server.context.settings.accessToken.recheckSeconds }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new StartError([{ setting: 'revoke', message: error.message }], { cause: error })
  } finally {
    await opened.close()
  }
}
