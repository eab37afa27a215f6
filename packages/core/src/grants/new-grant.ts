import type { Context } from '../context.ts'
import type { ClientRecord, GrantRecord } from '../records.ts'

/** What a user approved, however they were asked. */
export interface ApprovedAccess {
  readonly request: { readonly resource: string; readonly issuer: string }
  readonly client: ClientRecord
  readonly subject: string
  /** Of the attempt. */
  readonly traceId: string
  /** Id of the provider that signed the user in. */
  readonly provider: string
  /** Hashed id of the session. */
  readonly session?: string | undefined
  /** The approved scopes: at most those of the request. */
  readonly scopes: readonly string[]
}

/** The record of a grant that nobody has redeemed yet. */
export function newGrant(
  { settings, now }: Pick<Context, 'settings' | 'now'>,
  id: string,
  { request, client, subject, traceId, provider, session, scopes }: ApprovedAccess,
): GrantRecord {
  const createdAt = now()
  return {
    id,
    subject,
    clientId: client.clientId,
    ...(client.name !== undefined && { clientName: client.name }),
    resource: request.resource,
    issuer: request.issuer,
    scope: scopes.join(' '),
    provider,
    ...(session !== undefined && { session }),
    traceId,
    createdAt,
    expiresAt: createdAt + settings.refreshToken.absoluteTtlSeconds,
  }
}
