import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'

import { publicUrl } from './test-server.ts'

const tokenUrl = `${publicUrl}/oauth/token`

/** A key, and proofs signed with it. Claims that are `undefined` are left out. */
export async function keyHolder(alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  let count = 0
  return {
    jwk,
    privateKey,
    thumbprint: await calculateJwkThumbprint(jwk),
    prove: (
      claims: Readonly<Record<string, unknown>> = {},
      header: Readonly<Record<string, unknown>> = {},
    ) => {
      count += 1
      return new SignJWT({ jti: `proof-${count}`, htm: 'POST', htu: tokenUrl, iat: 1_800_000_000, ...claims })
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header })
        .sign(privateKey)
    },
  }
}
