import { base64url, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

import { type Clock, systemClock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { randomToken } from '../pkce.ts'

/** What the key is made of, and which time its proofs go by. */
export interface KeyHolderOptions {
  readonly clock?: Clock
  /** Default `ES256`. */
  readonly algorithm?: string
}

/** Claims or header parameters of a proof. */
type ProofMembers = Readonly<Record<string, unknown>>

/** A client's key (RFC 9449), and proofs of having it. */
export interface KeyHolder {
  /** RFC 7638, as `cnf.jkt` has it. */
  readonly thumbprint: string
  /** The public key. */
  readonly jwk: JWK
  /** A proof with an id of its own, of now; claims and parameters that are `undefined` are left out. */
  prove(claims: ProofMembers, header?: ProofMembers): Promise<string>
  /** The same for a request with a token at a resource: `htm`, `htu` and `ath` follow from it. */
  proveCall(url: string, accessToken: string, claims?: ProofMembers): Promise<string>
  /**
   * A way to servers that proves possession: forms carry a proof, bearer tokens go out in the `DPoP` scheme with one, and a
   * server that wants its nonce in it gets it, in the same request once more.
   */
  proving(fetch: Fetch): Fetch
}

/** Base64url of the SHA-256 of a token: `ath`. */
async function hashOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return base64url.encode(new Uint8Array(digest))
}

/** Makes a key that does not leave this object. */
export async function createKeyHolder(options: KeyHolderOptions = {}): Promise<KeyHolder> {
  const { clock = systemClock, algorithm: alg = 'ES256' } = options
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const prove: KeyHolder['prove'] = (claims, header = {}) =>
    new SignJWT({ jti: randomToken(16), iat: clock.seconds(), ...claims })
      .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header })
      .sign(privateKey)

  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    jwk,
    prove,
    proveCall: async (url, accessToken, claims = {}) =>
      prove({ htm: 'POST', htu: url, ath: await hashOf(accessToken), ...claims }),
    proving(fetch) {
      const nonces = new Map<string, string>()
      return async (request) => {
        const { method, headers } = request
        const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
        const [, token] = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '') ?? []
        if (token === undefined && !isForm) return fetch(request)
        const { origin, pathname } = new URL(request.url)
        const body = method === 'GET' ? undefined : await request.arrayBuffer()
        const ath = token === undefined ? undefined : await hashOf(token)
        const send = async (): Promise<Response> => {
          const proven = new Headers(headers)
          if (token !== undefined) proven.set('authorization', `DPoP ${token}`)
          const nonce = nonces.get(origin)
          proven.set('dpop', await prove({ htm: method, htu: origin + pathname, ath, nonce }))
          const { signal } = request
          return fetch(new Request(request.url, { method, headers: proven, body: body ?? null, signal }))
        }
        const response = await send()
        const nonce = response.headers.get('dpop-nonce')
        if (nonce === null || nonces.get(origin) === nonce) return response
        nonces.set(origin, nonce)
        await response.body?.cancel()
        return send()
      }
    },
  }
}
