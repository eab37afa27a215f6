import { hash, hkdfSync } from 'node:crypto'

/** Bytes in base64url, without padding. */
export function base64urlText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/** SHA-256, base64url. */
export function sha256Text(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** A key of 32 bytes for one purpose (HKDF-SHA-256 without a salt, RFC 5869). */
export function deriveKey(material: Uint8Array, purpose: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha256', material, '', purpose, 32))
}
