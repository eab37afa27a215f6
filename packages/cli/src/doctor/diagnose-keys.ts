import { statSync } from 'node:fs'

import type { Connections } from '@portico/connections'
import { listSigningKeys } from '@portico/core'
import type { Storage } from '@portico/storage'

import { type Finding, ok, problem, warning } from './finding.ts'

/** The keyring, and what it has sealed. */
export interface KeysUnderTest {
  /** Ids of the keys of the ring, the newest first. */
  readonly keyIds: readonly string[]
  /** `PORTICO_KEYS` as it is set; absent where the key file is used. */
  readonly given: readonly string[] | undefined
  /** The key file of a developer's machine, and what is in it. */
  readonly file: { readonly path: string; readonly keys: readonly string[] } | undefined
  readonly development: boolean
  readonly storage: Storage
  readonly connections: Pick<Connections, 'missingKeys'> | undefined
  /** Unix seconds. */
  readonly now: () => number
}

export async function diagnoseKeys(test: KeysUnderTest): Promise<readonly Finding[]> {
  return [...checkKeyring(test), ...(await checkSigningKeys(test)), ...(await checkRetiredKeys(test))]
}

function checkKeyring({ given, file, development, keyIds }: KeysUnderTest): readonly Finding[] {
  const reused = given !== undefined && !development && file?.keys.some((key) => given.includes(key)) === true
  const repeated = new Set(keyIds).size < keyIds.length
  const mode = given === undefined && file ? statSync(file.path, { throwIfNoEntry: false })?.mode : undefined
  const isReadable = mode !== undefined && (mode & 0o077) !== 0
  const wrong = [
    ...(reused
      ? [
          problem(
            'keyring',
            `PORTICO_KEYS contains a key from ${file.path}, the key file for development.`,
            'Put the output of "portico keys generate" in front of it, as "portico keys rotate" says, and remove it afterwards.',
          ),
        ]
      : []),
    ...(repeated
      ? [warning('keyring', 'PORTICO_KEYS contains the same key twice.', 'Remove one of the two.')]
      : []),
    ...(isReadable && file
      ? [
          problem(
            'keyring',
            `Other users of this machine can read ${file.path}.`,
            `Run: chmod 600 ${file.path}`,
          ),
        ]
      : []),
  ]
  if (wrong.length > 0) return wrong
  return [ok('keyring', keyIds.length === 1 ? 'There is one key.' : `There are ${keyIds.length} keys.`)]
}

/** Published ahead, replaced after 90 days: the ring is behind only where no gateway runs on this storage. */
async function checkSigningKeys({ storage, now, keyIds }: KeysUnderTest): Promise<readonly Finding[]> {
  const keys = await listSigningKeys(storage)
  const active = keys.findLast(({ activeAt }) => activeAt <= now()) ?? keys[0]
  if (!active) return [ok('signing_key', 'There is none yet: the gateway creates one when it starts.')]
  if (!keyIds.includes(active.sealedUnder)) {
    return [
      problem(
        'signing_key',
        `The signing key is encrypted with the key "${active.sealedUnder}", which is not in PORTICO_KEYS: no token can be issued.`,
        'Put the retired key back behind the newest one.',
      ),
    ]
  }
  const days = Math.floor((now() - active.activeAt) / 86_400)
  if (days > 91) {
    return [
      warning(
        'signing_key',
        `The signing key has been in use for ${days} days and was not replaced after 90.`,
        'Check that the gateway uses this storage (PORTICO_STORAGE) and may write to it.',
      ),
    ]
  }
  return [
    ok('signing_key', `The signing key is ${Math.max(days, 0)} days old; ${keys.length} are published.`),
  ]
}

async function checkRetiredKeys({
  connections,
  storage,
  keyIds,
}: KeysUnderTest): Promise<readonly Finding[]> {
  const missing = (await connections?.missingKeys()) ?? []
  if (missing.length > 0) {
    return missing.map(({ keyId, records }) =>
      problem(
        'retired_key',
        `${records} upstream connections are encrypted with the key "${keyId}", which is not in PORTICO_KEYS.`,
        'Put it back behind the newest one and run "portico keys rotate"; remove it when that is done.',
      ),
    )
  }
  const older = new Set(keyIds)
  older.delete(keyIds[0] ?? '')
  const needed = (await listSigningKeys(storage)).filter(({ sealedUnder }) => older.has(sealedUnder))
  if (needed.length > 0) {
    return [
      warning(
        'retired_key',
        `${needed.length} signing keys are still encrypted with an older key of PORTICO_KEYS.`,
        'Run "portico keys rotate" before you remove it.',
      ),
    ]
  }
  return [ok('retired_key', 'No stored record needs a missing key.')]
}
