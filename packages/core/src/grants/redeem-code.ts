import type { Context } from '../context.ts'
import { equalInConstantTime, sha256Text } from '../digest.ts'
import type { FormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord, CodeRecord, GrantRecord } from '../records.ts'
import { groups, records } from '../records.ts'
import { requireKey, requireKeyFor } from '../tokens/require-key.ts'
import { firstRefreshToken } from './first-refresh-token.ts'
import { livingGrant } from './living-grant.ts'
import { requireGrantedResource } from './requested-resource.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { TokenAnswer } from './token-answer.ts'

/** How long a redeemed code is remembered, to recognise its reuse (AS-56). */
const redeemedTtlSeconds = 600

/**
 * The `authorization_code` grant (RFC 6749 §4.1.3). Everything is checked before the code is spent: a mistake costs
 * nothing but another attempt (B07).
 */
export async function redeemCode(
  context: Context,
  client: ClientRecord,
  form: FormParameters,
  dpopKey?: string,
): Promise<TokenAnswer> {
  const { storage, now } = context
  const presented = form.get('code')
  if (presented === undefined) throw new OAuthError('invalid_request', 'code is missing.')
  const codes = records(storage, 'code')
  const found = presented.length <= 512 ? await codes.get(presented) : undefined
  if (!found) throw invalidGrant('The code is unknown or has expired.')
  const code = found.value
  requireSameRequest(client, form, code)
  const resource = requireGrantedResource(context, form, code.resource)
  requireKey(code.dpopKey, dpopKey)
  requireKeyFor(resource, dpopKey)

  const grant = await livingGrant(storage, code.grantId, code.clientId)
  if (code.redeemedAt !== undefined) {
    // The winner has not got its tokens yet: to revoke the grant now would leave nobody with any (B05).
    if (grant && grant.value.usedAt === undefined) throw usedAtTheSameMoment()
    await revokeGrant(context, code.grantId, 'code_reuse')
    audit(context, code, 'code.reuse_detected')
    throw invalidGrant('The code was used before. What was issued for it is revoked.')
  }
  if (!grant) throw invalidGrant('The grant was revoked.')

  const { access, keep } = await context.accessTokens.prepare(grant.value, code.scope, dpopKey)
  const redeemedAt = now()
  // Of parallel redemptions, on however many nodes, exactly one passes here (B05).
  const won = await codes.replace(found, { ...code, redeemedAt }, redeemedAt + redeemedTtlSeconds)
  if (!won) throw usedAtTheSameMoment()

  const refresh = code.refreshable
    ? firstRefreshToken(context, grant.value, client.authMethod === 'none' ? dpopKey : undefined)
    : undefined
  const [kept, refreshable] = await Promise.all([
    records(storage, 'grant').replace(
      grant,
      { ...grant.value, usedAt: redeemedAt },
      code.refreshable ? grant.value.expiresAt : redeemedAt + access.expiresIn,
    ),
    refresh,
    keep(),
  ])
  if (!kept) {
    // The user, or a reuse, revoked it meanwhile.
    await storage.deleteGroup(groups.grantTokens(code.grantId))
    throw invalidGrant('The grant was revoked.')
  }
  audit(context, code, 'token.issued', grant.value)
  return { access, scope: code.scope, refreshToken: refreshable }
}

/** AS-55, AS-57, AS-58: the same client, the same redirect URI, and the secret behind the challenge. */
function requireSameRequest(client: ClientRecord, form: FormParameters, code: CodeRecord): void {
  if (code.clientId !== client.clientId) throw invalidGrant('The code was issued to another client.')
  const redirectUri = form.get('redirect_uri')
  if (redirectUri !== undefined && redirectUri !== code.redirectUri) {
    throw invalidGrant('redirect_uri is not the one in the authorization request.')
  }
  const verifier = form.get('code_verifier')
  if (verifier === undefined || !/^[\w.~-]{43,128}$/.test(verifier)) {
    throw invalidGrant('code_verifier is missing or malformed: 43 to 128 unreserved characters.')
  }
  if (!equalInConstantTime(sha256Text(verifier), code.codeChallenge)) {
    throw invalidGrant('code_verifier does not match the code_challenge.')
  }
}

function audit(context: Context, code: CodeRecord, name: string, grant?: GrantRecord): void {
  context.emit({
    name,
    outcome: grant ? 'success' : 'denied',
    traceId: code.traceId,
    subject: grant?.subject,
    clientId: code.clientId,
    resource: code.resource,
    detail: { grantId: code.grantId, grantType: 'authorization_code', scope: code.scope },
  })
}

function usedAtTheSameMoment(): OAuthError {
  return invalidGrant('The code was used at the same moment by another request.')
}

function invalidGrant(message: string): OAuthError {
  return new OAuthError('invalid_grant', message)
}
