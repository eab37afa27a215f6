import { hash, hkdfSync } from 'node:crypto'

/** Bytes in base64url, without padding. */
export function base64urlText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/** SHA-256, base64url. */
export function sha256Text(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** SHA-256 takes its input in blocks of 64 bytes. */
const blockBytes = 64
/** Texts of up to so many bytes are hashed where they are written. */
const roomBytes = 1024

/** What HMAC hashes (RFC 2104 §2): the key, masked, in a block each, and room behind it for the text and for the first hash. */
interface HmacBlocks {
  readonly inner: Buffer
  readonly outer: Buffer
}

const hmacBlocks = new WeakMap<Uint8Array, HmacBlocks>()

/**
 * HMAC-SHA-256, base64url. The bytes of `key` must not change. It is two plain hashes, as Node's `Hmac` is a stream, and
 * making that costs more than both.
 */
export function hmacText(key: Uint8Array, text: string): string {
  let blocks = hmacBlocks.get(key)
  if (!blocks) hmacBlocks.set(key, (blocks = blocksOf(key)))
  const { inner, outer } = blocks
  outer.write(hash('sha256', behind(inner, text), 'binary'), blockBytes, 'binary')
  return hash('sha256', outer, 'base64url')
}

function blocksOf(key: Uint8Array): HmacBlocks {
  const short = key.length > blockBytes ? hash('sha256', key, 'buffer') : key
  const masked = (room: number, mask: number): Buffer => {
    const block = Buffer.alloc(blockBytes + room)
    for (let index = 0; index < blockBytes; index += 1) block[index] = (short[index] ?? 0) ^ mask
    return block
  }
  return { inner: masked(roomBytes, 0x36), outer: masked(32, 0x5c) }
}

/** The block and the text, in UTF-8. */
function behind(block: Buffer, text: string): Buffer {
  const fits = text.length * 3 <= roomBytes
  if (!fits) return Buffer.concat([block.subarray(0, blockBytes), Buffer.from(text)])
  return block.subarray(0, blockBytes + block.write(text, blockBytes))
}

/** A key of 32 bytes for one purpose (HKDF-SHA-256 without a salt, RFC 5869). */
export function deriveKey(material: Uint8Array, purpose: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha256', material, '', purpose, 32))
}
