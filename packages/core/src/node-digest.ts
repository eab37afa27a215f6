import { createHmac, hash } from 'node:crypto'

/** SHA-256, base64url. */
export function sha256Text(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** HMAC-SHA-256, base64url. */
export function hmacText(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}
