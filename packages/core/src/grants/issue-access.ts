import type { Context } from '../context.ts'
import { randomId } from '../random-id.ts'
import type { ClientRecord, GrantRecord } from '../records.ts'
import { groups, records } from '../records.ts'
import type { Resource } from '../settings.ts'
import type { TokenAnswer } from './token-answer.ts'

/** What a client may do without a refresh token: it can ask again. */
export interface Access {
  readonly client: ClientRecord
  readonly subject: string
  readonly resource: Resource
  readonly scope: string
  /** Id of the provider that vouches for the user; absent for a client that acts for itself. */
  readonly provider?: string | undefined
  /** Unix seconds: no longer than what it rests on. Default as long as any access token. */
  readonly endsAt?: number | undefined
  /** Thumbprint of the key the token is bound to. */
  readonly dpopKey?: string | undefined
  /** For the audit trail. */
  readonly grantType: string
  /** The grant it rests on, and ends with. */
  readonly parent?: GrantRecord['parent'] | undefined
  /** Subject of the client that acts for the user (RFC 8693 §4.1). */
  readonly actor?: string | undefined
}

/** Writes a grant that lives as long as its one access token, and issues the token. */
export async function issueAccess(context: Context, access: Access): Promise<TokenAnswer> {
  const { settings, storage, now } = context
  const { client, subject, resource, scope, grantType } = access
  const createdAt = now()
  const expiresAt = Math.min(createdAt + settings.accessToken.ttlSeconds, access.endsAt ?? Infinity)
  const grant: GrantRecord = {
    id: randomId(context.randomToken),
    subject,
    clientId: client.clientId,
    ...(client.name !== undefined && { clientName: client.name }),
    resource: resource.url,
    issuer: resource.issuer,
    scope,
    ...(access.provider !== undefined && { provider: access.provider }),
    ...(access.parent && { parent: access.parent }),
    ...(access.actor !== undefined && { actor: access.actor }),
    createdAt,
    usedAt: createdAt,
    expiresAt,
  }
  await records(storage, 'grant').set(grant.id, grant, {
    group: groups.subjectGrants(subject),
    expiresAt,
    when: 'absent',
  })
  const token = await context.accessTokens.issue(grant, scope, access.dpopKey)
  context.emit({
    name: 'token.issued',
    outcome: 'success',
    subject,
    clientId: client.clientId,
    resource: resource.url,
    detail: {
      grantId: grant.id,
      grantType,
      scope,
      ...(access.actor !== undefined && { actor: access.actor }),
    },
  })
  return { access: token, scope }
}
