import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from 'jose'

/** SHA-256, base64url. */
export const sha256Text = (text: string): string => base64url.encode(sha256(new TextEncoder().encode(text)))
