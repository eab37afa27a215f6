import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

import type { JWK } from 'oidc-provider'

/** A private key for ES384, which is what a new Logto tenant signs with. */
function generateSigningKey(): JWK {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const jwk: JsonWebKey = privateKey.export({ format: 'jwk' })
  return { ...jwk, kty: 'EC', kid: randomUUID(), alg: 'ES384', use: 'sig' }
}

function isSigningKey(value: unknown): value is JWK {
  return (
    typeof value === 'object' && value !== null && 'crv' in value && value.crv === 'P-384' && 'd' in value
  )
}

/**
 * The key to sign with: a fresh one, or the one in `keyFile`, which is created if it is not there.
 *
 * @throws when the file holds anything but a private P-384 key in JWK form
 */
export function loadSigningKey(keyFile: string | undefined): JWK {
  if (keyFile === undefined) return generateSigningKey()
  try {
    // `wx` fails if the file is there: of two processes that start at once, one creates the key.
    const key = generateSigningKey()
    writeFileSync(keyFile, `${JSON.stringify(key, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
    return key
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const text = readFileSync(keyFile, 'utf8')
  const key: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : undefined
  if (isSigningKey(key)) return key
  throw new Error(`keyFile ${keyFile} holds no private P-384 key (JWK). Delete it to have a new one created.`)
}
