import * as base64url from 'jose/base64url'

import { deriveKey, equalInConstantTime } from './digest.ts'
import { hmacText } from './hmac.ts'

/** What a mac is for: keys are separated by purpose, so a value made for one is worthless for another (SEC-20). */
export type MacPurpose =
  | 'csrf'
  | 'cookie'
  | 'session-binding'
  | 'request-state'
  | 'task'
  | 'connect-link'
  | 'admin-token'
  | 'dpop-nonce'

/** Seals what must not be readable in storage, and proves what comes back from a browser. */
export interface Vault {
  /** AES-256-GCM under the newest key. `context` is bound as associated data: the same words are needed to open. */
  seal(plaintext: string, context: readonly string[]): Promise<string>
  /** @throws {SealError} when the key is retired, or the text or its context was changed */
  open(sealed: string, context: readonly string[]): Promise<string>
  /** Whether it is sealed under the newest key; if not, it is sealed anew when it is next used. */
  isCurrent(sealed: string): boolean
  /** Ids of the keys of the ring, the newest first. */
  readonly keyIds: readonly string[]
  /** Id of the key that a text is sealed under, in the ring or not. */
  keyIdOf(sealed: string): string
  mac(purpose: MacPurpose, text: string): string
  /** Accepts a mac made under any key of the ring. */
  verifyMac(purpose: MacPurpose, text: string, mac: string): boolean
}

export class SealError extends Error {
  override readonly name = 'SealError'
  readonly code: 'unknown_key' | 'not_authentic'

  constructor(code: 'unknown_key' | 'not_authentic', message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

interface RingKey {
  readonly id: string
  /** Imported on first use: a server can then be created where no asynchronous work may happen (Workers' global scope). */
  readonly encryption: () => Promise<CryptoKey>
  readonly macs: Readonly<Record<MacPurpose, Uint8Array>>
}

/**
 * @param secrets the keyring, newest first: each at least 32 random bytes, base64url (`portico keys generate`)
 * @throws {TypeError} when there is no key, or one is too short to be random
 */
export function createVault(secrets: readonly string[]): Vault {
  const [newest, ...older] = secrets.map(ringKey)
  if (!newest) throw new TypeError('keys must hold at least one key: run "portico keys generate".')
  const ring = [newest, ...older]

  return {
    async seal(plaintext, context) {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: associatedData(context) },
        await newest.encryption(),
        new TextEncoder().encode(plaintext),
      )
      return `${newest.id}.${base64url.encode(iv)}.${base64url.encode(new Uint8Array(sealed))}`
    },
    async open(sealed, context) {
      const [id = '', iv = '', ...rest] = sealed.split('.')
      const key = ring.find((candidate) => candidate.id === id)
      if (!key) {
        throw new SealError(
          'unknown_key',
          `Sealed under key "${id}", which is not in the keyring: put the retired key back behind the newest one.`,
        )
      }
      try {
        const plaintext = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: bytes(iv), additionalData: associatedData(context) },
          await key.encryption(),
          bytes(rest.join('.')),
        )
        return new TextDecoder().decode(plaintext)
      } catch (cause) {
        throw new SealError('not_authentic', 'A sealed value was changed, or belongs somewhere else.', {
          cause,
        })
      }
    },
    isCurrent: (sealed) => keyIdOf(sealed) === newest.id,
    keyIds: ring.map(({ id }) => id),
    keyIdOf,
    mac: (purpose, text) => hmacText(newest.macs[purpose], text),
    verifyMac: (purpose, text, mac) =>
      ring.some((key) => equalInConstantTime(hmacText(key.macs[purpose], text), mac)),
  }
}

function keyIdOf(sealed: string): string {
  return sealed.split('.', 1)[0] ?? ''
}

function ringKey(secret: string): RingKey {
  const material = decodeSecret(secret)
  const derive = (purpose: string) => deriveKey(material, `portico/${purpose}`)
  const sealing = derive('seal')
  let encryption: Promise<CryptoKey> | undefined
  return {
    id: base64url.encode(derive('id')).slice(0, 8),
    encryption: () =>
      (encryption ??= crypto.subtle.importKey('raw', sealing, 'AES-GCM', false, ['encrypt', 'decrypt'])),
    macs: {
      csrf: derive('csrf'),
      cookie: derive('cookie'),
      'session-binding': derive('session-binding'),
      'request-state': derive('request-state'),
      task: derive('task'),
      'connect-link': derive('connect-link'),
      'admin-token': derive('admin-token'),
      'dpop-nonce': derive('dpop-nonce'),
    },
  }
}

/** Whether `secret` can be a key of the ring: long enough, and not obviously made up. */
export function isKeySecret(secret: string): boolean {
  if (!/^[\w-]{43,}$/.test(secret) || secret.length % 4 === 1) return false
  const material = base64url.decode(secret)
  return material.length >= 32 && new Set(material).size >= 12
}

function decodeSecret(secret: string): Uint8Array {
  if (isKeySecret(secret)) return base64url.decode(secret)
  throw new TypeError(
    'keys: each key must be at least 32 random bytes in base64url. Run "portico keys generate" and use its output.',
  )
}

function associatedData(context: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(context))
}

/** Only the one spelling that sealing writes: decoders overlook padding, spaces and spare bits. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const decoded = new Uint8Array(base64url.decode(text))
  if (base64url.encode(decoded) !== text) throw new TypeError('not the canonical spelling')
  return decoded
}
