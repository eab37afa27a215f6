import type { Storage } from '@portico/storage'
import type { JWK, JWTHeaderParameters, JWTPayload } from 'jose'
import { calculateJwkThumbprint, errors, exportJWK, generateKeyPair, importJWK, jwtVerify } from 'jose'

// On Node its own signatures, in a third of the time; both are tested against each other.
import { createTokenSigner, type TokenSigner } from '#token-signer'

import { OAuthError } from './oauth-error.ts'
import type { SigningKeyRecord } from './records.ts'
import { groups, listRecords, records } from './records.ts'
import type { Vault } from './vault.ts'
import { SealError } from './vault.ts'

/** The key ring that signs access tokens: shared by all nodes through the storage, rotated with overlap. */
export interface SigningKeys {
  /** Signs with the active key. `typ` is `at+jwt` for access tokens (RFC 9068 §2.1). */
  sign(payload: JWTPayload, typ: string): Promise<string>
  /**
   * Proves that there is a key to sign with, and that the keyring opens it.
   *
   * @throws {SealError} when the keyring lacks the key that it was sealed under
   */
  ready(): Promise<void>
  /** Public keys: active, next and those whose tokens may still live (`/.well-known/jwks.json`). */
  publicKeys(): Promise<readonly JWK[]>
  /**
   * Checks signature, algorithm, key, `typ`, `exp` and `nbf`; what the claims say is the caller's matter.
   *
   * @throws {OAuthError} `invalid_token` when one of them is not as it must be
   */
  verify(token: string, typ: string): Promise<JWTPayload>
}

export interface SigningKeysOptions {
  readonly storage: Storage
  readonly vault: Vault
  /** Unix seconds. */
  readonly now: () => number
  /** No token lives longer: after that time a replaced key has nothing left to verify. */
  readonly maxTokenTtlSeconds: number
}

const signingAlgorithm = 'ES256'

/** A key signs for this long before the next one takes over. */
const rotationSeconds = 90 * 86_400
/** A key is published for this long before it signs: longer than anybody caches the key set (AS-17). */
const publishAheadSeconds = 3600
/** How long a node works with the ring it read; far less than `publishAheadSeconds`. */
const reloadSeconds = 60
/** An unknown `kid` makes the ring be read again, but not more often than this. */
const unknownKeyPauseSeconds = 5
const clockSkewSeconds = 60

interface RingKey {
  readonly kid: string
  readonly activeAt: number
  readonly publicJwk: JWK
  readonly publicKey: CryptoKey
  /** Opened on first use: a key that only verifies need not be opened. */
  readonly signer: () => Promise<TokenSigner>
}

interface Ring {
  readonly keys: readonly RingKey[]
  readonly publicJwks: readonly JWK[]
  readonly loadedAt: number
}

/** Creates the first key on first use; of several nodes that start at once exactly one succeeds, the others adopt it. */
export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { now } = options
  let current: Ring | undefined
  let loading: Promise<Ring> | undefined

  const load = () =>
    (loading ??= loadRing(options).then(
      (ring) => {
        current = ring
        loading = undefined
        return ring
      },
      (error: unknown) => {
        loading = undefined
        throw error
      },
    ))
  const ring = async () => (current && now() - current.loadedAt < reloadSeconds ? current : load())

  const keyFor = async (header: JWTHeaderParameters): Promise<CryptoKey> => {
    const known = (await ring()).keys.find((key) => key.kid === header.kid)
    if (known) return known.publicKey
    if (current && now() - current.loadedAt >= unknownKeyPauseSeconds) {
      const added = (await load()).keys.find((key) => key.kid === header.kid)
      if (added) return added.publicKey
    }
    throw new errors.JWKSNoMatchingKey()
  }

  const activeKey = async (): Promise<RingKey> => {
    const { keys } = await ring()
    // Before the first key's time only because a clock was set back: nobody else's is there to sign.
    const active = keys.findLast((key) => key.activeAt <= now()) ?? keys[0]
    if (active) return active
    throw new Error('There is no signing key: the storage lost it while it was read.')
  }

  return {
    async ready() {
      await (await activeKey()).signer()
    },
    async sign(payload, typ) {
      const active = await activeKey()
      const sign = await active.signer()
      return sign({ alg: signingAlgorithm, typ, kid: active.kid }, payload)
    },
    async publicKeys() {
      return (await ring()).publicJwks
    },
    async verify(token, typ) {
      // Decoders differ in what they overlook: only the one spelling passes, the spare bits of the 64 bytes among it.
      if (!/^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/.test(token))
        throw new OAuthError('invalid_token', 'The token is malformed.')
      try {
        const { payload } = await jwtVerify(token, keyFor, {
          algorithms: [signingAlgorithm],
          typ,
          requiredClaims: ['exp', 'iat'],
          currentDate: new Date(now() * 1000),
        })
        return payload
      } catch (error) {
        if (error instanceof errors.JOSEError) {
          throw new OAuthError('invalid_token', 'The token is not valid.', { cause: error })
        }
        throw error
      }
    },
  }
}

async function loadRing(options: SigningKeysOptions): Promise<Ring> {
  const { storage, vault, now } = options
  let stored = await listKeys(storage)
  const newest = stored.at(-1)?.value
  if (!newest) {
    await createKey(options, 1, now())
    stored = await listKeys(storage)
  } else if (newest.createdAt + rotationSeconds <= now()) {
    await createKey(options, newest.generation + 1, now() + publishAheadSeconds)
    stored = await listKeys(storage)
  }
  await retireReplaced(options, stored)
  await sealAnew(options, stored)

  const keys = await Promise.all(stored.map(({ value }) => ringKey(vault, value)))
  return { keys, publicJwks: keys.map((key) => key.publicJwk), loadedAt: now() }
}

async function listKeys(storage: Storage) {
  const stored = await listRecords(storage, 'signing-key', groups.signingKeys)
  return stored.toSorted((a, b) => a.value.generation - b.value.generation)
}

/** The generation is the record's id, so that of several nodes one wins and the rest read what it wrote. */
async function createKey(options: SigningKeysOptions, generation: number, activeAt: number): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const sealed = await options.vault.seal(JSON.stringify(await exportJWK(privateKey)), sealContext(kid))
  const record: SigningKeyRecord = {
    kid,
    generation,
    algorithm: signingAlgorithm,
    publicJwk: { ...jwk, kid, alg: signingAlgorithm, use: 'sig' },
    privateJwk: sealed,
    createdAt: options.now(),
    activeAt,
  }
  await records(options.storage, 'signing-key').set(String(generation), record, {
    group: groups.signingKeys,
    when: 'absent',
  })
}

/** A key whose successor has taken over expires once the last token it signed has. */
async function retireReplaced(
  { storage, maxTokenTtlSeconds }: SigningKeysOptions,
  stored: Awaited<ReturnType<typeof listKeys>>,
): Promise<void> {
  for (const [index, key] of stored.entries()) {
    const successor = stored[index + 1]
    if (!successor || key.expiresAt !== undefined) continue
    const expiresAt = successor.value.activeAt + maxTokenTtlSeconds + clockSkewSeconds
    await records(storage, 'signing-key').replace(key, key.value, expiresAt)
  }
}

/** Once the keyring has a newer key, what an older one has sealed is sealed under it, so that the older can be retired. */
async function sealAnew(
  { storage, vault }: SigningKeysOptions,
  stored: Awaited<ReturnType<typeof listKeys>>,
): Promise<void> {
  for (const key of stored.filter(({ value }) => !vault.isCurrent(value.privateJwk))) {
    const context = sealContext(key.value.kid)
    const jwk = await vault.open(key.value.privateJwk, context).catch(unlessSealError)
    // A key that cannot be opened verifies all the same; to sign with it fails and says why.
    if (jwk === undefined) continue
    await records(storage, 'signing-key').replace(key, {
      ...key.value,
      privateJwk: await vault.seal(jwk, context),
    })
  }
}

function unlessSealError(error: unknown): undefined {
  if (!(error instanceof SealError)) throw error
}

async function ringKey(vault: Vault, record: SigningKeyRecord): Promise<RingKey> {
  const publicJwk: JWK = record.publicJwk
  let signer: Promise<TokenSigner> | undefined
  return {
    kid: record.kid,
    activeAt: record.activeAt,
    publicJwk,
    publicKey: (await importJWK(publicJwk, record.algorithm)) as CryptoKey,
    signer: () => (signer ??= openSigner(vault, record)),
  }
}

async function openSigner(vault: Vault, record: SigningKeyRecord): Promise<TokenSigner> {
  return createTokenSigner(JSON.parse(await vault.open(record.privateJwk, sealContext(record.kid))) as JWK)
}

function sealContext(kid: string): readonly string[] {
  return ['signing-key', kid]
}
