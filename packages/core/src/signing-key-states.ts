import type { Storage } from '@portico/storage'

import { groups, listRecords } from './records.ts'

/** One key of the ring that signs access tokens, without the key. Times are Unix seconds. */
export interface SigningKeyState {
  readonly kid: string
  readonly createdAt: number
  /** From then on it signs; it is published before. */
  readonly activeAt: number
  /** When it stops being published; absent until its successor is known. */
  readonly expiresAt?: number
  /** Id of the key of the keyring that it is sealed under. */
  readonly sealedUnder: string
}

/** The ring as it is stored, the oldest key first; nothing is created or changed. */
export async function listSigningKeys(storage: Storage): Promise<readonly SigningKeyState[]> {
  const stored = await listRecords(storage, 'signing-key', groups.signingKeys)
  return stored
    .toSorted((a, b) => a.value.generation - b.value.generation)
    .map(({ value: { kid, createdAt, activeAt, privateJwk }, expiresAt }) => ({
      kid,
      createdAt,
      activeAt,
      ...(expiresAt !== undefined && { expiresAt }),
      sealedUnder: privateJwk.split('.', 1)[0] ?? '',
    }))
}
