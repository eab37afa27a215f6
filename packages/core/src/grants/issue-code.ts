import type { Context } from '../context.ts'
import { holdProviderTokens } from '../login/provider-tokens.ts'
import { randomId } from '../random-id.ts'
import type { AuthorizationRequest } from '../records.ts'
import { groups, records } from '../records.ts'
import { isRefreshable } from './is-refreshable.ts'
import { type ApprovedAccess, newGrant } from './new-grant.ts'

/** What the user approved by way of a browser that goes back to the client. */
export interface Approval extends ApprovedAccess {
  readonly request: AuthorizationRequest
  readonly traceId: string
}

/** A grant without its code redeemed outlives the code by this time, so that the two cannot end in the wrong order. */
const graceSeconds = 30

/**
 * Writes the grant and the authorization code for it (RFC 6749 §4.1.2). The grant lives only as long as the code until
 * the code is redeemed.
 */
export async function issueCode(context: Context, approval: Approval): Promise<string> {
  const { settings, storage } = context
  const { request, client, subject } = approval
  const createdAt = context.now()
  const code = context.randomToken()
  const grantId = randomId(context.randomToken)
  const scope = approval.scopes.join(' ')
  const grant = newGrant(context, grantId, approval)
  const refreshable = isRefreshable(client, request)
  await Promise.all([
    records(storage, 'grant').set(grantId, grant, {
      group: groups.subjectGrants(subject),
      expiresAt: createdAt + settings.codeTtlSeconds + graceSeconds,
      when: 'absent',
    }),
    records(storage, 'code').set(
      code,
      {
        grantId,
        clientId: client.clientId,
        redirectUri: request.redirectUri,
        redirectUriGiven: request.redirectUriGiven,
        codeChallenge: request.codeChallenge,
        resource: request.resource,
        issuer: request.issuer,
        scope,
        refreshable,
        ...(request.dpopKey !== undefined && { dpopKey: request.dpopKey }),
        traceId: approval.traceId,
        createdAt,
      },
      { group: groups.grantTokens(grantId), expiresAt: createdAt + settings.codeTtlSeconds, when: 'absent' },
    ),
  ])
  await holdProviderTokens(context, grant)
  return code
}
