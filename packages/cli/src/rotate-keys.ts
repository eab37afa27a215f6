import { buildGateway, originOf } from './build-gateway.ts'
import { generateKey, openKeyringFile, writeKeyringFile } from './keyring-file.ts'
import { silentLog } from './log.ts'
import { keyringFileOf } from './open-keys.ts'
import { openStorage } from './open-storage.ts'
import type { Configured } from './prepare.ts'
import { requireDatabase } from './require-database.ts'
import { startProblem } from './start-problem.ts'

/** What a rotation did, or wants to be done. */
export type Rotation =
  /** The keyring is in the environment, which no command can change. */
  | { readonly step: 'add'; readonly now: string; readonly afterwards: string }
  /** What is stored is sealed under the newest key now. */
  | ({ readonly step: 'sealed'; readonly place: string; readonly olderKeys: number } & Sealed)

interface Sealed {
  /** How many upstream connections were sealed anew. */
  readonly connections: number
  /** How many records with tokens of an identity provider were sealed anew. */
  readonly signIns: number
  /** How many of them could not be opened, and need the key that is missing. */
  readonly failed: number
}

export interface RotationOptions extends Pick<Configured, 'config' | 'settings' | 'fetch'> {
  readonly workingDirectory: string
  readonly report?: (progress: { readonly done: number; readonly total: number }) => void
}

const nothing = { done: 0, failed: 0 }

/**
 * One step of a rotation. With a keyring of one key in the environment: proposes the values to set. With several, and for
 * a key file after a new key was put in front: seals what is stored anew under the newest. Gateways may serve meanwhile;
 * one that was interrupted is run again.
 *
 * @throws {StartError} when the configuration or a key is wrong, or the storage does not answer
 */
export async function rotateKeys(options: RotationOptions): Promise<Rotation> {
  const { settings, workingDirectory } = options
  const [only, ...others] = settings.keys ?? []
  if (only !== undefined && others.length === 0) {
    const fresh = generateKey()
    return { step: 'add', now: `${only},${fresh}`, afterwards: `${fresh},${only}` }
  }
  requireDatabase(settings.storage, workingDirectory)
  if (settings.keys) {
    const sealed = await sealAnew(options, settings.keys)
    return { step: 'sealed', place: 'PORTICO_KEYS', olderKeys: others.length, ...sealed }
  }
  const file = keyringFileOf(settings.storage, workingDirectory)
  if (!file) return { step: 'sealed', place: 'memory', olderKeys: 0, connections: 0, signIns: 0, failed: 0 }
  const keys = [generateKey(), ...openKeyringFile(file.path).keys]
  const sealed = await sealAnew(options, keys, () => writeKeyringFile(file.path, keys))
  return { step: 'sealed', place: file.shown, olderKeys: keys.length - 1, ...sealed }
}

/**
 * Signing keys, shared secrets, tokens of identity providers and upstream connections are what outlives logins. The first
 * two are sealed anew when they are loaded.
 *
 * @param save runs before anything is sealed under the newest key
 * @throws {StartError} when a key is wrong, or the one is missing that something was sealed under
 */
async function sealAnew(
  { config, settings, fetch, workingDirectory, report }: RotationOptions,
  keys: readonly string[],
  save: () => void = () => {},
): Promise<Sealed> {
  const opened = await openStorage(settings.storage, workingDirectory)
  try {
    const gateway = buildGateway({ config, settings, fetch, log: silentLog, storage: opened.storage, keys })
    save()
    const origin = originOf(gateway, settings)
    await origin.server.ready()
    const tokens = await origin.server.resealProviderTokens(report)
    const connections =
      (await origin.connections?.reseal(({ done, total }) => {
        report?.({ done: tokens.done + done, total: tokens.done + total })
      })) ?? nothing
    return {
      connections: connections.done - connections.failed,
      signIns: tokens.done - tokens.failed,
      failed: connections.failed + tokens.failed,
    }
  } catch (error) {
    throw startProblem(error) ?? error
  } finally {
    await opened.close()
  }
}
