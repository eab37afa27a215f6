import type { SafeFetch } from '@portico/safe-fetch'
import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import * as errors from 'jose/errors'
import { jwtVerify } from 'jose/jwt/verify'

import type { AccessToken, VerifyToken } from './access-token.ts'
import { authorizationServerKeys } from './authorization-server-keys.ts'
import { checkIssuer, secureUrl } from './resource-metadata.ts'

/** Options of {@link createJwtVerifier}. */
export interface JwtVerifierOptions {
  /** Issuer of the authorization server, byte for byte. */
  readonly issuer: string
  /** Where its keys are; without it they are found through its metadata (RFC 8414) at the first token. */
  readonly jwksUrl?: string | undefined
  /** Signature algorithms to accept; default the asymmetric ones. */
  readonly algorithms?: readonly string[] | undefined
  /** Seconds of clock difference; default 30, at most 60. */
  readonly clockToleranceSeconds?: number | undefined
  /** Fetches metadata and keys, e.g. `createSafeFetch()`. */
  readonly fetch: SafeFetch
  /** Unix seconds. */
  readonly now?: (() => number) | undefined
}

const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/**
 * Verifies JWT access tokens (RFC 9068 §4): type, algorithm, signature, issuer, audience and times. Bearer tokens alone:
 * one that is bound to a key (`cnf`) would need a proof, and somewhere to remember which proofs were used.
 *
 * @throws {TypeError} when an option is wrong
 */
export function createJwtVerifier(options: JwtVerifierOptions): VerifyToken {
  const { issuer, jwksUrl, algorithms = asymmetric, clockToleranceSeconds = 30, now = unixSeconds } = options
  checkIssuer('issuer', issuer)
  if (jwksUrl !== undefined) secureUrl('jwksUrl', jwksUrl)
  if (algorithms.length === 0) throw new TypeError('algorithms: name at least one, e.g. "ES256".')
  for (const algorithm of algorithms) {
    if (!asymmetric.includes(algorithm)) {
      throw new TypeError(`algorithms: "${algorithm}" is not accepted. Use one of ${asymmetric.join(', ')}.`)
    }
  }
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 60)) {
    throw new TypeError('clockToleranceSeconds must be from 0 to 60.')
  }
  const keys: JWTVerifyGetKey = authorizationServerKeys({ ...options, now })

  return async (token, resource, dpop) => {
    if (dpop !== undefined) return undefined
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: resource,
        typ: 'at+jwt',
        algorithms: [...algorithms],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now() * 1000),
        requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id'],
      })
      return toAccessToken(payload)
    } catch (error) {
      // What jose finds wrong is the token; keys out of reach are another error and mean that nothing is known.
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }
}

const unixSeconds = () => Math.floor(Date.now() / 1000)

function toAccessToken(payload: JWTPayload): AccessToken | undefined {
  const { sub, exp, client_id: clientId, scope, cnf } = payload
  if (cnf !== undefined) return undefined
  if (sub === undefined || exp === undefined || typeof clientId !== 'string') return undefined
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : []
  return { subject: sub, clientId, scopes, expiresAt: exp, claims: payload }
}
