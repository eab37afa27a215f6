import type { Storage } from '@portico/storage'
import * as base64url from 'jose/base64url'

import { records } from './records.ts'
import type { Vault } from './vault.ts'

export interface SharedSecretOptions {
  readonly storage: Storage
  readonly vault: Vault
  /** Unix seconds. */
  readonly now: () => number
  /** The record's id, e.g. `rotation`. */
  readonly name: string
}

/**
 * A random secret that all nodes share through the storage, sealed there. Created on first use; of several nodes that start
 * at once exactly one succeeds, the others adopt it. It outlives the keyring's keys: these only seal it, the newest
 * from the first use on.
 */
export function createSharedSecret(options: SharedSecretOptions): () => Promise<Uint8Array> {
  let secret: Promise<Uint8Array> | undefined
  return () =>
    (secret ??= loadSecret(options).catch((error: unknown) => {
      secret = undefined
      throw error
    }))
}

async function loadSecret({ storage, vault, now, name }: SharedSecretOptions): Promise<Uint8Array> {
  const secrets = records(storage, 'secret')
  const sealContext = ['secret', name]
  let found = await secrets.get(name)
  if (!found) {
    const fresh = base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
    await secrets.set(
      name,
      { sealed: await vault.seal(fresh, sealContext), createdAt: now() },
      { when: 'absent' },
    )
    found = await secrets.get(name)
  }
  if (!found) throw new Error(`The shared secret "${name}" was deleted while it was created.`)
  const secret = await vault.open(found.value.sealed, sealContext)
  if (!vault.isCurrent(found.value.sealed)) {
    await secrets.replace(found, { ...found.value, sealed: await vault.seal(secret, sealContext) })
  }
  return base64url.decode(secret)
}
