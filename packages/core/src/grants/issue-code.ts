import type { Context } from '../context.ts'
import type { AuthorizationRequest, ClientRecord } from '../records.ts'
import { groups, records } from '../records.ts'

/** What the user approved. */
export interface Approval {
  readonly request: AuthorizationRequest
  readonly client: ClientRecord
  readonly traceId: string
  readonly subject: string
  /** Id of the provider that signed the user in. */
  readonly provider: string
  /** Hashed id of the session. */
  readonly session?: string | undefined
  /** The approved scopes: at most those of the request. */
  readonly scopes: readonly string[]
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
  const grantId = context.randomToken().slice(0, 22)
  const scope = approval.scopes.join(' ')
  const grant = {
    id: grantId,
    subject,
    clientId: client.clientId,
    ...(client.name !== undefined && { clientName: client.name }),
    resource: request.resource,
    issuer: request.issuer,
    scope,
    provider: approval.provider,
    ...(approval.session !== undefined && { session: approval.session }),
    createdAt,
    expiresAt: createdAt + settings.refreshToken.absoluteTtlSeconds,
  }
  // AS-63: clients that registered the grant, and those that asked for offline access.
  const refreshable = client.grantTypes.includes('refresh_token') || request.offlineAccess
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
  return code
}
