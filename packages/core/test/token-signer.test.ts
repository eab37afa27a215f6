import * as fc from 'fast-check'
import { exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'

import * as node from '../src/node-token-signer.ts'
import * as portable from '../src/portable-token-signer.ts'

const header = { alg: 'ES256', typ: 'at+jwt', kid: 'key-1' } as const

async function signers() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return {
    publicKey,
    all: [await node.createTokenSigner(jwk), await portable.createTokenSigner(jwk)] as const,
  }
}

describe('signing a token', () => {
  it('AS-62 writes the same header and claims in every runtime, and a signature that jose verifies', async () => {
    const { publicKey, all } = await signers()
    const text = fc.string({ unit: 'binary' })
    const claims = fc.record({ sub: text, scope: text, iat: fc.nat(), exp: fc.constant(4_000_000_000) })
    const verifies = fc.asyncProperty(claims, async (payload) => {
      const [first, second] = await Promise.all(all.map(async (sign) => sign(header, payload)))
      expect(signed(first)).toBe(signed(second))
      for (const token of [first, second]) {
        const { protectedHeader } = await jwtVerify(token ?? '', publicKey, { algorithms: ['ES256'] })
        expect(protectedHeader).toEqual(header)
      }
    })
    expect(await fc.check(verifies)).toMatchObject({ failed: false, counterexample: null })
  })

  it('leaves out what is undefined, as JSON does', async () => {
    const { all } = await signers()
    for (const sign of all) {
      const [, claims = ''] = (await sign(header, { sub: 'user-1', act: undefined })).split('.')
      expect(Buffer.from(claims, 'base64url').toString()).toBe('{"sub":"user-1"}')
    }
  })

  it('RFC 7518 §3.4 gives r and s 32 bytes each, also when one of them is short', async () => {
    const { publicKey, all } = await signers()
    const [sign] = all
    let short = 0
    // One signature of 128 has a half with a zero in front.
    for (let index = 0; short < 3 && index < 20_000; index += 1) {
      const token = await sign(header, { sub: String(index) })
      const signature = Buffer.from(token.split('.')[2] ?? '', 'base64url')
      expect(signature).toHaveLength(64)
      if (signature[0] !== 0 && signature[32] !== 0) continue
      short += 1
      await expect(jwtVerify(token, publicKey)).resolves.toBeDefined()
    }
    expect(short).toBe(3)
  })

  it('refuses a key on another curve', async () => {
    const { privateKey } = await generateKeyPair('ES384', { extractable: true })
    const jwk = await exportJWK(privateKey)
    await expect(node.createTokenSigner(jwk)).rejects.toThrow('P-256')
    await expect(portable.createTokenSigner(jwk)).rejects.toThrow()
  })
})

/** What the signature is about. */
function signed(token: string | undefined): string | undefined {
  return token?.slice(0, token.lastIndexOf('.'))
}
