import type { Storage } from '@portico/storage'
import { calculateJwkThumbprint, EmbeddedJWK, errors, jwtVerify } from 'jose'
import type { JWK } from 'jose'
import { z } from 'zod'

import { assertionAlgorithms } from '../clients/assertion-algorithms.ts'
import { equalInConstantTime, sha256Text } from '../digest.ts'
import { OAuthError } from '../oauth-error.ts'
import { records } from '../records.ts'

/** What a proof must be about. */
export interface ProvenRequest {
  readonly method: string
  /** Without query and fragment. */
  readonly url: string
  /** The token it is presented with, at a resource. */
  readonly accessToken?: string | undefined
  /** `sha-256=:…:` of the body (RFC 9530), where the receiver wants it bound: compared if the proof has `content_digest`. */
  readonly contentDigest?: string | undefined
}

/** How old a proof may be: clients sign it for one request. */
const maxAgeSeconds = 300
const clockSkewSeconds = 30

const headerSchema = z.object({ jwk: z.record(z.string(), z.unknown()) })
const claimsSchema = z.object({
  jti: z.string().min(1).max(512),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string().optional(),
  content_digest: z.string().optional(),
})

/**
 * RFC 9449 §4.3: proves that whoever sent the request holds a private key, and sent it once.
 *
 * @returns the thumbprint of the key (RFC 7638), to which tokens are bound
 * @throws {OAuthError} `invalid_dpop_proof`
 */
export async function verifyDpopProof(
  { storage, now }: { readonly storage: Storage; readonly now: () => number },
  proof: string,
  request: ProvenRequest,
): Promise<string> {
  const { claims, thumbprint } = await verifySignature(proof, now())
  if (claims.htm !== request.method) throw refused('htm is not the method of the request.')
  if (targetOf(claims.htu) !== targetOf(request.url)) throw refused('htu is not the URL of the request.')
  const age = now() - claims.iat
  if (age > maxAgeSeconds || age < -clockSkewSeconds) throw refused('iat is not close to now.')
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
    if (error instanceof errors.JOSEError || error instanceof z.ZodError)
      throw refused('The proof is not valid.', error)
    throw error
  }
}

/** Compared without query and fragment, after normalisation (RFC 9449 §4.3, RFC 3986 §6.2.2). */
function targetOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

function refused(message: string, cause?: unknown): OAuthError {
  return new OAuthError('invalid_dpop_proof', message, { cause })
}
