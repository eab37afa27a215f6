import { type _HMAC, hmac } from '@noble/hashes/hmac.js'
import { type _SHA256, sha256 } from '@noble/hashes/sha2.js'

import { base64urlText } from './digest.ts'

/** Keys that have been taken in: that costs as much as the hash itself. */
const keyedStates = new WeakMap<Uint8Array, _HMAC<_SHA256>>()
/** What one call leaves is overwritten by the next, and empty in between. */
let scratch: _HMAC<_SHA256> | undefined
const mac = new Uint8Array(32)

/**
 * HMAC-SHA-256 (RFC 2104), base64url. The bytes of `key` must not change.
 *
 * In one way on all runtimes: Node makes a stream for each HMAC, and WebCrypto hops to another thread. Either costs more
 * than the hash.
 */
export function hmacText(key: Uint8Array, text: string): string {
  let keyed = keyedStates.get(key)
  if (!keyed) keyedStates.set(key, (keyed = hmac.create(sha256, key)))
  const copy = (scratch = keyed._cloneInto(scratch))
  copy.update(utf8Bytes(text)).digestInto(mac)
  return base64urlText(mac)
}

const encoder = new TextEncoder()
const input = new Uint8Array(512)

/** Valid until the next call. Bytes of their own for each text would cost more than to hash them. */
function utf8Bytes(text: string): Uint8Array {
  const { read, written } = encoder.encodeInto(text, input)
  return read === text.length ? input.subarray(0, written) : encoder.encode(text)
}
