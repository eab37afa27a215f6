import { dirname, join, resolve } from 'node:path'

import { openKeyringFile } from './keyring-file.ts'
import type { ServeSettings } from './settings.ts'
import { StartError } from './start-error.ts'
import type { StorageSetting } from './storage-setting.ts'

/** The keyring of a gateway. */
export interface OpenedKeys {
  /** The newest first; absent where the gateway makes one for itself. */
  readonly keys: readonly string[] | undefined
  /** For people: where they come from. */
  readonly place: string
}

/** In development a key is made once and kept beside the records that it seals. */
export function openKeys(
  settings: Pick<ServeSettings, 'keys' | 'storage'>,
  workingDirectory: string,
): OpenedKeys {
  if (settings.keys) return { keys: settings.keys, place: 'PORTICO_KEYS' }
  const file = keyringFileOf(settings.storage, workingDirectory)
  if (!file) return { keys: undefined, place: 'random, until the end' }
  const { keys, created } = openKeyringFile(file.path)
  if (keys.length === 0) {
    const message = `${file.shown} is empty: restore it from a backup. Without one remove it, and the database whose records are encrypted with its keys.`
    throw new StartError([{ setting: 'PORTICO_KEYS', message }])
  }
  return { keys, place: created ? `${file.shown} (created)` : file.shown }
}

/** The key file of a developer's machine: beside the records, or in `data/` when these are in a server. */
export function keyringFileOf(
  storage: StorageSetting,
  workingDirectory: string,
): { readonly path: string; readonly shown: string } | undefined {
  if (storage.kind === 'memory') return undefined
  const directory = storage.kind === 'sqlite' ? dirname(storage.file) : 'data'
  const shown = join(directory, 'portico.keys')
  return { shown, path: resolve(workingDirectory, shown) }
}
