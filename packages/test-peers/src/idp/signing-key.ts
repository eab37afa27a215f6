import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** What a provider may sign ID tokens with. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA'

/** A key pair and its public half as it appears in the key set. */
export interface SigningKey {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

/** Generates a key pair; `kid` is the caller's choice so that a test can reuse one. */
export async function createSigningKey(algorithm: SigningAlgorithm, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' }
  return { kid, algorithm, privateKey, publicJwk }
}
