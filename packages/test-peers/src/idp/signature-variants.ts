import { exportSPKI, importJWK, type JWK } from 'jose'

import type { LoginVariant } from './login-variant.ts'
import type { ScriptedIdp } from './scripted-idp.ts'
import { createSigningKey, type SigningAlgorithm, type SigningKey } from './signing-key.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const foreignKeys = new Map<SigningAlgorithm, Promise<SigningKey>>()

/** A key that no provider has. It takes long to make one, so there is one per algorithm, whatever it is called. */
async function foreignKey(algorithm: SigningAlgorithm, kid: string): Promise<SigningKey> {
  const made = foreignKeys.get(algorithm) ?? createSigningKey(algorithm, 'foreign')
  foreignKeys.set(algorithm, made)
  const key = await made
  return { ...key, kid, publicJwk: { ...key.publicJwk, kid } }
}

async function replaceKey(idp: ScriptedIdp, keepOld: boolean): Promise<void> {
  const { algorithm } = await idp.currentKey()
  await idp.rotateKeys({ keepOld, key: await foreignKey(algorithm, 'key-2') })
}

/** Signs with HMAC, as if the secret were shared. */
function signBySecret(
  idp: ScriptedIdp,
  secretOf: (clientSecret: string | undefined) => Promise<Uint8Array>,
): void {
  idp.bendIdToken(async (draft, client) => ({
    ...draft,
    header: { ...draft.header, alg: 'HS256' },
    key: await secretOf(client.clientSecret),
  }))
}

/** Signatures and key sets that a relying party meets, and those it must refuse. */
export const signatureVariants: readonly LoginVariant[] = [
  {
    id: 'algorithm-none',
    title: 'the token is unsigned (alg none)',
    outcome: 'refused',
    apply(idp) {
      idp.bendIdToken((draft) => ({ ...draft, header: { ...draft.header, alg: 'none' }, key: 'none' }))
    },
  },
  {
    id: 'signature-stripped',
    title: 'the signature is empty although alg names an algorithm',
    outcome: 'refused',
    apply(idp) {
      idp.bendIdToken((draft) => ({ ...draft, key: 'none' }))
    },
  },
  {
    id: 'algorithm-hs256-client-secret',
    title: 'the token is signed by HS256 with the client secret',
    outcome: 'refused',
    apply(idp) {
      signBySecret(idp, async (clientSecret) => bytes((clientSecret ?? 'secret').padEnd(32, '.')))
    },
  },
  {
    id: 'algorithm-hs256-public-key',
    title: 'the token is signed by HS256 with the public key as secret',
    outcome: 'refused',
    apply(idp) {
      signBySecret(idp, async () => {
        const { publicJwk, algorithm } = await idp.currentKey()
        const publicKey = await importJWK(publicJwk, algorithm, { extractable: true })
        return publicKey instanceof Uint8Array ? publicKey : bytes(await exportSPKI(publicKey))
      })
    },
  },
  {
    id: 'signature-by-foreign-key',
    title: 'another key signed under the kid of the published one',
    outcome: 'refused',
    async apply(idp) {
      const { algorithm, kid } = await idp.currentKey()
      const foreign = await foreignKey(algorithm, kid)
      idp.bendIdToken((draft) => ({ ...draft, key: foreign.privateKey }))
    },
  },
  {
    id: 'key-never-published',
    title: 'the kid is in no key set',
    outcome: 'refused',
    async apply(idp) {
      const { algorithm } = await idp.currentKey()
      const hidden = await foreignKey(algorithm, 'never-published')
      idp.bendIdToken((draft) => ({
        ...draft,
        header: { ...draft.header, kid: hidden.kid },
        key: hidden.privateKey,
      }))
    },
  },
  {
    id: 'key-for-encryption',
    title: 'a key published for encryption signed',
    outcome: 'refused',
    async apply(idp) {
      const { algorithm } = await idp.currentKey()
      const key = await foreignKey(algorithm, 'for-encryption')
      const { alg: _signs, ...forEncryption } = key.publicJwk
      idp.publish({ ...forEncryption, use: 'enc' })
      idp.bendIdToken((draft) => ({
        ...draft,
        header: { ...draft.header, kid: key.kid },
        key: key.privateKey,
      }))
    },
  },
  {
    id: 'key-in-header',
    title: 'the token brings its own key in the jwk header',
    outcome: 'refused',
    async apply(idp) {
      const { algorithm } = await idp.currentKey()
      const own = await foreignKey(algorithm, 'own')
      idp.bendIdToken((draft) => ({
        ...draft,
        header: { ...draft.header, kid: undefined, jwk: own.publicJwk },
        key: own.privateKey,
      }))
    },
  },
  {
    id: 'key-set-empty',
    title: 'the key set is empty',
    outcome: 'refused',
    apply(idp) {
      idp.bendJson('jwks', () => ({ keys: [] }))
    },
  },
  {
    id: 'key-without-algorithm',
    title: 'the published key names no algorithm',
    outcome: 'accepted',
    apply(idp) {
      idp.bendJson('jwks', ({ keys }) => ({
        keys: (keys as JWK[]).map(({ alg: _signs, ...key }) => key),
      }))
    },
  },
  {
    id: 'key-for-encryption-beside',
    title: 'an encryption key stands beside the signing key',
    outcome: 'accepted',
    async apply(idp) {
      const { publicJwk } = await foreignKey('RS256', 'encryption')
      idp.publish({ ...publicJwk, alg: 'RSA-OAEP', use: 'enc' })
    },
  },
  {
    id: 'key-of-unknown-type-beside',
    title: 'a key of an unknown type stands beside the signing key',
    outcome: 'accepted',
    apply(idp) {
      idp.publish({ kty: 'QKD', kid: 'from-the-future', use: 'sig', alg: 'QKD512' })
    },
  },
  {
    id: 'key-rotated',
    title: 'the provider signs with a new key and keeps the old one published',
    outcome: 'accepted',
    afterLogin: true,
    apply: (idp) => replaceKey(idp, true),
  },
  {
    id: 'key-replaced',
    title: 'the provider signs with a new key and has withdrawn the old one',
    outcome: 'accepted',
    afterLogin: true,
    apply: (idp) => replaceKey(idp, false),
  },
]
