import type { GatewayConfig } from '@portico/gateway'
import type { SafeFetch } from '@portico/safe-fetch'

import { generateKey, openKeyringFile, writeKeyringFile } from './keyring-file.ts'
import { silentLog } from './log.ts'
import { openStorage } from './open-storage.ts'
import type { ServeSettings } from './settings.ts'
import { StartError } from './start-error.ts'
import { buildGateway, keyringFileOf } from './start-gateway.ts'

/** What a rotation did, or wants to be done. */
export type Rotation =
  /** The keyring is in the environment, which no command can change. */
  | { readonly step: 'add'; readonly now: string; readonly afterwards: string }
  /** What is stored is sealed under the newest key now. */
  | { readonly step: 'sealed'; readonly place: string; readonly olderKeys: number }

export interface RotationOptions {
  readonly config: GatewayConfig
  readonly settings: ServeSettings
  readonly fetch: SafeFetch | undefined
  readonly workingDirectory: string
}

/**
 * One step of a rotation. With a keyring of one key in the environment: proposes the values to set. With several, and for
 * a key file after a new key was put in front: seals what is stored anew under the newest.
 *
 * @throws {StartError} when the configuration or a key is wrong
 */
export async function rotateKeys(options: RotationOptions): Promise<Rotation> {
  const { settings, workingDirectory } = options
  const [only, ...others] = settings.keys ?? []
  if (only !== undefined && others.length === 0) {
    const fresh = generateKey()
    return { step: 'add', now: `${only},${fresh}`, afterwards: `${fresh},${only}` }
  }
  if (settings.keys) {
    await sealAnew(options, settings.keys)
    return { step: 'sealed', place: 'PORTICO_KEYS', olderKeys: others.length }
  }
  const file = keyringFileOf(settings.storage, workingDirectory)
  if (!file) return { step: 'sealed', place: 'memory', olderKeys: 0 }
  const keys = [generateKey(), ...openKeyringFile(file.path).keys]
  await sealAnew(options, keys, () => writeKeyringFile(file.path, keys))
  return { step: 'sealed', place: file.shown, olderKeys: keys.length - 1 }
}

/**
 * Signing keys and shared secrets are the only records that outlive logins; both are sealed anew when they are loaded.
 *
 * @param save runs before anything is sealed under the newest key
 * @throws {StartError} when a key is wrong, or the one is missing that something was sealed under
 */
async function sealAnew(
  { config, settings, fetch, workingDirectory }: RotationOptions,
  keys: readonly string[],
  save: () => void = () => {},
): Promise<void> {
  const opened = await openStorage(settings.storage, workingDirectory)
  try {
    const gateway = buildGateway({ config, settings, fetch, log: silentLog, storage: opened.storage, keys })
    save()
    const publicUrl = settings.publicUrl ?? `http://localhost:${settings.port}`
    const context = gateway.originFor(new URL(publicUrl).host)?.server.context
    await Promise.all([context?.signingKeys.publicKeys(), context?.refreshTokenKey()])
  } catch (error) {
    if (!(error instanceof Error && error.name === 'SealError')) throw error
    throw new StartError([{ setting: 'PORTICO_KEYS', message: error.message }], { cause: error })
  } finally {
    await opened.close()
  }
}
