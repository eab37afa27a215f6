import type { Storage } from '@portico/storage'
import * as errors from 'jose/errors'
import { z } from 'zod'

import { OAuthError } from '../oauth-error.ts'
import type { AccessTokenRecord } from '../records.ts'
import { records } from '../records.ts'
import type { SigningKeys } from '../signing-keys.ts'
import { accessTokenType, opaquePrefix } from './access-token-format.ts'

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  client_id: z.string(),
  scope: z.string(),
  iat: z.number(),
  exp: z.number(),
  grant_id: z.string(),
  cnf: z.object({ jkt: z.string() }).optional(),
})

/** What an access token of either format says; `undefined` for one that is none of ours. */
export async function readAccessToken(
  storage: Storage,
  signingKeys: SigningKeys,
  token: string,
): Promise<AccessTokenRecord | 'expired' | undefined> {
  if (token.startsWith(opaquePrefix)) return (await records(storage, 'access-token').get(token))?.value
  return readJwt(signingKeys, token)
}

async function readJwt(
  signingKeys: SigningKeys,
  token: string,
): Promise<AccessTokenRecord | 'expired' | undefined> {
  try {
    const claims = claimsSchema.parse(await signingKeys.verify(token, accessTokenType))
    return {
      grantId: claims.grant_id,
      subject: claims.sub,
      clientId: claims.client_id,
      resource: claims.aud,
      issuer: claims.iss,
      scope: claims.scope,
      issuedAt: claims.iat,
      expiresAt: claims.exp,
      ...(claims.cnf && { dpopKey: claims.cnf.jkt }),
    }
  } catch (error) {
    // The signature was looked at before.
    if (error instanceof OAuthError && error.cause instanceof errors.JWTExpired) return 'expired'
    if (error instanceof OAuthError || error instanceof z.ZodError) return undefined
    throw error
  }
}
