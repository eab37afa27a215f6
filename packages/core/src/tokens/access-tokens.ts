import type { Storage } from '@portico/storage'

import type { RateLimits } from '../limits/rate-limits.ts'
import type { GrantRecord } from '../records.ts'
import { groups, records } from '../records.ts'
import type { Settings } from '../settings.ts'
import type { SigningKeys } from '../signing-keys.ts'
import { accessTokenType, opaquePrefix } from './access-token-format.ts'
import type { DpopNonces } from './dpop-nonces.ts'
import type { TokenVerifier } from './token-verifier.ts'
import { createTokenVerifier } from './token-verifier.ts'

export interface IssuedAccessToken {
  readonly token: string
  readonly expiresIn: number
  readonly type: 'Bearer' | 'DPoP'
}

/** A token that is worth nothing before it is kept, so that keeping it can go along with other writes. */
export interface PreparedAccessToken {
  readonly access: IssuedAccessToken
  /** Writes what has to be known of it; nothing for a token that is signed. */
  readonly keep: () => Promise<unknown>
}

/** Access tokens, in the configured format; both formats verify, so that a change of format ends no session. */
export interface AccessTokens extends TokenVerifier {
  /**
   * @param scope what this token allows: the grant's scope, or less
   * @param dpopKey thumbprint of the key it is bound to, if any
   */
  prepare(grant: GrantRecord, scope: string, dpopKey?: string): Promise<PreparedAccessToken>
  /** Prepares a token and keeps it. */
  issue(grant: GrantRecord, scope: string, dpopKey?: string): Promise<IssuedAccessToken>
}

export interface AccessTokensOptions {
  readonly settings: Settings
  readonly storage: Storage
  readonly signingKeys: SigningKeys
  /** Unix seconds. */
  readonly now: () => number
  readonly randomToken: () => string
  /** Absent: proofs need no nonce. */
  readonly dpopNonces?: DpopNonces | undefined
  readonly rateLimits: RateLimits
}

export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { settings, storage, signingKeys, now, randomToken } = options

  const accessTokens: AccessTokens = {
    ...createTokenVerifier(options),
    async prepare(grant, scope, dpopKey) {
      const type = dpopKey === undefined ? 'Bearer' : 'DPoP'
      const issuedAt = now()
      const expiresAt = Math.min(issuedAt + settings.accessToken.ttlSeconds, grant.expiresAt)
      const expiresIn = expiresAt - issuedAt
      if (settings.accessToken.format === 'jwt') {
        // AS-62: one audience, and nothing about the user but an id.
        const claims = {
          iss: grant.issuer,
          sub: grant.subject,
          aud: grant.resource,
          client_id: grant.clientId,
          scope,
          iat: issuedAt,
          exp: expiresAt,
          jti: randomToken().slice(0, 22),
          grant_id: grant.id,
          ...(dpopKey !== undefined && { cnf: { jkt: dpopKey } }),
          ...(grant.actor !== undefined && { act: { sub: grant.actor } }),
        }
        const token = await signingKeys.sign(claims, accessTokenType)
        return { access: { token, expiresIn, type }, keep: () => Promise.resolve() }
      }
      const token = opaquePrefix + randomToken()
      const record = {
        grantId: grant.id,
        subject: grant.subject,
        clientId: grant.clientId,
        resource: grant.resource,
        issuer: grant.issuer,
        scope,
        issuedAt,
        expiresAt,
        ...(dpopKey !== undefined && { dpopKey }),
      }
      const place = { group: groups.grantTokens(grant.id), expiresAt }
      return {
        access: { token, expiresIn, type },
        keep: () => records(storage, 'access-token').set(token, record, place),
      }
    },
    async issue(grant, scope, dpopKey) {
      const { access, keep } = await accessTokens.prepare(grant, scope, dpopKey)
      await keep()
      return access
    },
  }
  return accessTokens
}
