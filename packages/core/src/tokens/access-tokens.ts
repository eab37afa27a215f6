import type { Storage } from '@portico/storage'

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

/** Access tokens, in the configured format; both formats verify, so that a change of format ends no session. */
export interface AccessTokens extends TokenVerifier {
  /**
   * @param scope what this token allows: the grant's scope, or less
   * @param dpopKey thumbprint of the key it is bound to, if any
   */
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
}

export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { settings, storage, signingKeys, now, randomToken } = options

  return {
    ...createTokenVerifier(options),
    async issue(grant, scope, dpopKey) {
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
        return { token: await signingKeys.sign(claims, accessTokenType), expiresIn, type }
      }
      const token = opaquePrefix + randomToken()
      await records(storage, 'access-token').set(
        token,
        {
          grantId: grant.id,
          subject: grant.subject,
          clientId: grant.clientId,
          resource: grant.resource,
          issuer: grant.issuer,
          scope,
          issuedAt,
          expiresAt,
          ...(dpopKey !== undefined && { dpopKey }),
        },
        { group: groups.grantTokens(grant.id), expiresAt },
      )
      return { token, expiresIn, type }
    },
  }
}
