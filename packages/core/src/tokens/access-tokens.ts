import type { GrantRecord } from '../records.ts'
import { groups, records } from '../records.ts'
import { accessTokenType, opaquePrefix } from './access-token-format.ts'
import type { TokenVerifier, TokenVerifierOptions } from './token-verifier.ts'
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

export interface AccessTokensOptions extends TokenVerifierOptions {
  readonly randomToken: () => string
}

/** What a token says, in either format. */
interface TokenContents {
  readonly grant: GrantRecord
  readonly scope: string
  readonly dpopKey: string | undefined
  /** Unix seconds. */
  readonly issuedAt: number
  /** Unix seconds. */
  readonly expiresAt: number
}

export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { settings, storage, signingKeys, now, randomToken } = options

  async function prepareSigned(contents: TokenContents): Promise<PreparedAccessToken> {
    const { grant, scope, dpopKey, issuedAt, expiresAt } = contents
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
    return { access: issued(token, contents), keep: () => Promise.resolve() }
  }

  function prepareOpaque(contents: TokenContents): PreparedAccessToken {
    const { grant, scope, dpopKey, issuedAt, expiresAt } = contents
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
      access: issued(token, contents),
      keep: () => records(storage, 'access-token').set(token, record, place),
    }
  }

  const accessTokens: AccessTokens = {
    ...createTokenVerifier(options),
    prepare(grant, scope, dpopKey) {
      const issuedAt = now()
      const expiresAt = Math.min(issuedAt + settings.accessToken.ttlSeconds, grant.expiresAt)
      const contents = { grant, scope, dpopKey, issuedAt, expiresAt }
      return settings.accessToken.format === 'jwt'
        ? prepareSigned(contents)
        : Promise.resolve(prepareOpaque(contents))
    },
    async issue(grant, scope, dpopKey) {
      const { access, keep } = await accessTokens.prepare(grant, scope, dpopKey)
      await keep()
      return access
    },
  }
  return accessTokens
}

function issued(token: string, { issuedAt, expiresAt, dpopKey }: TokenContents): IssuedAccessToken {
  return { token, expiresIn: expiresAt - issuedAt, type: dpopKey === undefined ? 'Bearer' : 'DPoP' }
}
