import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from 'jose'

// Synchronous on purpose: WebCrypto answers through a thread hop that costs more than hashing a token does.

/** SHA-256, base64url. */
export function sha256Text(text: string): string {
  return base64url.encode(sha256(new TextEncoder().encode(text)))
}

/** HMAC-SHA-256, base64url. */
export function hmacText(key: Uint8Array, text: string): string {
  return base64url.encode(hmac(sha256, key, new TextEncoder().encode(text)))
}
