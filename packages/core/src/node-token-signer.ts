import { createPrivateKey, sign } from 'node:crypto'

import type { JWK } from 'jose'

import type { TokenSigner } from './portable-token-signer.ts'

export type { TokenSigner }

/**
 * @param jwk a private key on P-256
 * @throws {TypeError} when it is none
 */
export async function createTokenSigner(jwk: JWK): Promise<TokenSigner> {
  if (jwk.crv !== 'P-256') throw new TypeError('ES256 signs with a key on P-256.')
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' })
  return (header, claims) => {
    const input = `${encoded(header)}.${encoded(claims)}`
    return `${input}.${joinedHalves(sign('sha256', Buffer.from(input), key)).toString('base64url')}`
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Length of `r` and of `s` on P-256. */
const halfLength = 32

/**
 * RFC 7518 §3.4: `r` and `s` in 32 bytes each, out of the DER that OpenSSL writes (RFC 3279 §2.2.3: a sequence of two
 * integers, each with its length in front). Node can do it (`dsaEncoding`), but then needs twice the time for a signature.
 */
function joinedHalves(der: Buffer): Buffer {
  const joined = Buffer.alloc(2 * halfLength)
  let at = 2
  for (const end of [halfLength, 2 * halfLength]) {
    const start = at + 2
    at = start + der.readUInt8(at + 1)
    // Without the zero in front of a high bit; what is shorter has zeros in front.
    const digits = der.subarray(Math.max(start, at - halfLength), at)
    digits.copy(joined, end - digits.length)
  }
  return joined
}
