import type { Storage } from '@portico/storage'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import type { JWK } from 'jose'
import { z } from 'zod'

import { assertionAlgorithms } from '../clients/assertion-algorithms.ts'
import { equalInConstantTime, sha256Text } from '../digest.ts'
import { OAuthError } from '../oauth-error.ts'
import { records } from '../records.ts'
import type { DpopNonces } from './dpop-nonces.ts'

/** What a proof must be about. */
export interface ProvenRequest {
  readonly method: string
  /** Without query and fragment. */
  readonly url: string
  /** The token it is presented with, at a resource. */
  readonly accessToken?: string | undefined
  /** Thumbprint of the key that must have signed it, where that is known. */
  readonly key?: string | undefined
  /** `sha-256=:…:` of the body (RFC 9530), where the receiver wants it bound: compared if the proof has `content_digest`. */
  readonly contentDigest?: string | undefined
}

/** How old a proof may be: clients sign it for one request. */
const maxAgeSeconds = 300
const clockSkewSeconds = 30
/** DPOP-01: five minutes either way at a resource, where the clock of a user's machine counts. */
const resourceSkewSeconds = 300

/** What proofs are checked with. */
export interface ProofContext {
  readonly storage: Storage
  /** Unix seconds. */
  readonly now: () => number
  /** Every proof must contain one of these; absent: none has to. */
  readonly dpopNonces?: DpopNonces | undefined
}

const headerSchema = z.object({ jwk: z.record(z.string(), z.unknown()) })
const claimsSchema = z.object({
  jti: z.string().min(1).max(512),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  nonce: z.string().optional(),
  ath: z.string().optional(),
  content_digest: z.string().optional(),
})

/**
 * RFC 9449 §4.3: proves that whoever sent the request holds a private key, and sent it once. That it was used is written
 * down last: what is refused for another reason costs no storage.
 *
 * @returns the thumbprint of the key (RFC 7638), to which tokens are bound
 * @throws {OAuthError} `invalid_dpop_proof`; `use_dpop_nonce`, with the nonce to use in its `DPoP-Nonce` header
 */
export async function verifyDpopProof(
  { storage, now, dpopNonces }: ProofContext,
  proof: string,
  request: ProvenRequest,
): Promise<string> {
  const { claims, thumbprint } = await verifySignature(proof, now())
  if (request.key !== undefined && thumbprint !== request.key) {
    throw refused('The token is bound to another key.')
  }
  if (claims.htm !== request.method) throw refused('htm is not the method of the request.')
  if (targetOf(claims.htu) !== targetOf(request.url)) throw refused('htu is not the URL of the request.')
  const age = now() - claims.iat
  const skewSeconds = request.accessToken === undefined ? clockSkewSeconds : resourceSkewSeconds
  if (age > maxAgeSeconds || age < -skewSeconds) throw refused('iat is not close to now.')
  if (
    request.accessToken !== undefined &&
    !equalInConstantTime(claims.ath ?? '', sha256Text(request.accessToken))
  ) {
    throw refused('ath is not the hash of the access token.')
  }
  if (
    request.contentDigest !== undefined &&
    (claims.content_digest ?? request.contentDigest) !== request.contentDigest
  ) {
    throw refused('content_digest is not the digest of the body.')
  }
  if (dpopNonces && !dpopNonces.isGood(claims.nonce ?? '')) throw nonceNeeded(dpopNonces)
  const first = await records(storage, 'assertion').set(
    sha256Text(JSON.stringify(['dpop', thumbprint, claims.jti])),
    { usedAt: now() },
    { expiresAt: claims.iat + maxAgeSeconds + clockSkewSeconds, when: 'absent' },
  )
  if (!first) throw refused('The proof was used before.')
  return thumbprint
}

async function verifySignature(proof: string, now: number) {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...assertionAlgorithms],
      currentDate: new Date(now * 1000),
    })
    const jwk: JWK = headerSchema.parse(protectedHeader).jwk
    return { claims: claimsSchema.parse(payload), thumbprint: await calculateJwkThumbprint(jwk) }
  } catch (error) {
    // Whatever it is: the proof alone was looked at, and what is wrong with its key each runtime says by errors of its own.
    throw refused('The proof is not valid.', error)
  }
}

/** Compared without query and fragment, after normalisation (RFC 9449 §4.3, RFC 3986 §6.2.2). */
function targetOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

/** RFC 9449 §8, §9: the client signs again, with the nonce that the answer carries. */
function nonceNeeded(nonces: DpopNonces): OAuthError {
  return new OAuthError('use_dpop_nonce', 'The proof must contain the nonce of this answer.', {
    headers: { 'dpop-nonce': nonces.current() },
  })
}

function refused(message: string, cause?: unknown): OAuthError {
  return new OAuthError('invalid_dpop_proof', message, { cause })
}
