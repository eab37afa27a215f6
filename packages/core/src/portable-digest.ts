import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import * as base64url from 'jose/base64url'

// Synchronous on purpose: WebCrypto answers through a thread hop that costs more than hashing a token does.

/** Bytes in base64url, without padding. */
export function base64urlText(bytes: Uint8Array): string {
  return base64url.encode(bytes)
}

/** SHA-256, base64url. */
export function sha256Text(text: string): string {
  return base64url.encode(sha256(new TextEncoder().encode(text)))
}

/** A key of 32 bytes for one purpose (HKDF-SHA-256 without a salt, RFC 5869). */
export function deriveKey(material: Uint8Array, purpose: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdf(sha256, material, undefined, new TextEncoder().encode(purpose), 32))
}
